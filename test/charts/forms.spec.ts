import { describe, expect, it } from '@jest/globals';

import { fits, formOfValue, forms, textsOfTheSchema } from './forms.js';

const label63 = 'a'.repeat(63);

/** What the cluster, or the program, takes and refuses, by the form that stands for it. */
const judged: Readonly<Record<string, readonly [takes: readonly string[], refuses: readonly string[]]>> = {
  any: [['', 'Any text, ünd more\n'], ['x'.repeat(262_145)]],
  'dns-label': [
    ['a', 'public', '311', label63],
    ['', 'A', '-a', 'a-', 'a.b', 'a_b', 'a b', `${label63}a`, 'ä'],
  ],
  subdomain: [
    ['a', 'nginx', 'a.b', 'a-b.c-d', '311', '1e3', `${label63}.${label63}`],
    ['', 'A', 'a..b', '.a', 'a.', 'a-.b', '-a', 'a_b', 'a b', 'a/b', 'a\n', 'x'.repeat(254)],
  ],
  'secret-key': [
    ['key', 'ca.crt', '.dockerconfigjson', 'A_B-c', '311'],
    ['', '.', '..', '..a', 'a/b', 'a b', 'ä', 'x'.repeat(254)],
  ],
  'label-key': [
    ['app', 'example.gov/app', 'a.b_c-D', `example.gov/${label63}`, 'kubernetes.io/metadata.name'],
    [
      '',
      'Example.gov/app',
      '/app',
      'example.gov/',
      'a/b/c',
      '-a',
      'a-',
      'a b',
      `${label63}a`,
      'example..gov/app',
    ],
  ],
  'label-value': [
    ['', 'a', 'v1.0_x-Y', '311', label63],
    ['-a', 'a-', 'a b', 'a/b', 'ä', `${label63}a`],
  ],
  cpu: [
    ['1', '2', '1.5', '0.25', '500m', '0.001', '0.05'],
    ['', '0', '0m', '0.0', '1.5.5', '.5', '1.', '-1', '1.5m', '0.0001', '1Gi', '1 ', 'one', '+1', '1e3'],
  ],
  memory: [
    ['1', '335544320', '320Mi', '1.5Gi', '1Ti', '500M', '64k'],
    ['', '0', '0Mi', '320m', '320mi', '320MB', '320 Mi', '1.5.5Gi', '-1Gi', '1K', '1GB', 'Mi'],
  ],
  repository: [
    ['city311', 'registry.example.gov/311/city311', 'localhost:5000/city311', 'a/b__c/d-e.f', 'ghcr.io/a/b'],
    [
      '',
      'My/Image',
      'a//b',
      '/a',
      'a/',
      'city311:1.0',
      'https://a/b',
      'a b',
      'a/B',
      'a@sha256',
      '-a',
      'user:pw@a/b',
    ],
  ],
  tag: [
    ['1.0', 'v1', '_x', 'A-b.c'],
    ['', '-a', '.a', 'a b', 'a:b', 'a/b', 'x'.repeat(129)],
  ],
  digest: [[`sha256:${'0'.repeat(64)}`], ['', 'sha256:0', `sha256:${'G'.repeat(64)}`, '0'.repeat(64)]],
  'public-address': [
    [
      'https://311.example.gov',
      'http://localhost:3110',
      'http://311.localhost',
      'https://a-b.c',
      'https://a.b:65535',
    ],
    [
      '',
      'http://10.0.0.1',
      'http://10.0.0.1:80',
      'https://[::1]',
      'https://[::1]:3110',
      'https://311.Example.gov',
      'HTTPS://311.example.gov',
      'https://user:pw@311.example.gov',
      'https://user@311.example.gov',
      'https://311.example.gov/',
      'https://311.example.gov/city',
      'https://311.example.gov?a',
      'https://311.example.gov#a',
      'https://311.example.gov.',
      'https://311..gov',
      'https://-a.gov',
      'https://a-.gov',
      'https://311',
      'https://0x7f',
      'https://a.311',
      'https://a_b.gov',
      'https://a.gov:0',
      'https://a.gov:65536',
      'https://a.gov:',
      'https://*.example.gov',
      'https://exämple.gov',
      'ftp://a.gov',
      'a.gov',
      'https://',
      'https://a b.gov',
      'https://a.gov\n',
    ],
  ],
  address: [
    ['http://otel:4318', 'https://wiki.example.gov/311', 'http://10.0.0.1:4318', 'http://[::1]:4318/v1'],
    [
      '',
      'otel:4318',
      'http://user:pw@otel:4318',
      'http://user@otel',
      'http://',
      'http://a b',
      'http://a?b=c',
      'ftp://a',
    ],
  ],
  broker: [
    ['kafka:9092', 'kafka-0.kafka.svc:9093', '10.0.0.1:9092'],
    [
      '',
      'kafka',
      'kafka:',
      ':9092',
      'kafka:0',
      'kafka:99999',
      'user:pw@kafka:9092',
      'http://kafka:9092',
      'a b:1',
      'a/b:1',
      'a,b:1',
    ],
  ],
  network: [
    ['10.0.0.0/8', '192.168.1.1', 'fc00::/7', '2001:db8::1', '::/0', '0.0.0.0/0', '::1'],
    [
      '',
      '10.0.0.0/33',
      '256.0.0.0/8',
      '10.0.0/8',
      '10.0.0.0/',
      'fc00::/129',
      'fc00:::/7',
      'g::/8',
      'example.gov',
      '01.0.0.0/8',
    ],
  ],
  block: [
    ['10.0.0.0/8', 'fc00::/7'],
    ['', '10.0.0.1', '::1', '10.0.0.0/33', '300.0.0.0/8'],
  ],
  sender: [
    ['311 <311@example.gov>', '311@example.gov', '<311@example.gov>'],
    [
      '',
      '311',
      '311 <311>',
      '311 <311@example.gov',
      '311@example.gov\r\nBcc: all',
      'a b@example.gov x',
      '<<a@b>>',
    ],
  ],
  'rate-limits': [
    ['address=600', 'address=600,channel=unlimited'],
    [
      '',
      'address',
      'address=0',
      'address=-1',
      'address=600,',
      'address=600;channel=1',
      'nobody=1',
      'address=1.5',
      'address = 1',
    ],
  ],
  city: [
    ['boston', 'new-york2'],
    ['', 'Boston', '2x', '../etc', 'a b'],
  ],
  path: [
    ['/', '/a', '/api/cases', '/.well-known/a', '/a.b'],
    ['', 'a', '//', '/a/', '/a//b', '/a/../b', '/./a', '/a?b', '/a#b', '/a b', '/%2f', '/ä'],
  ],
  word: [
    ['smtp', 'event-store2'],
    ['', 'SMTP', '2a', 'a b', 'a_b'],
  ],
  period: [
    ['15s', '10s', '1m', '120s'],
    ['', '5s', '0s', '0m', '15', '1h', '1.5m', '015s', 's'],
  ],
  group: [['city311.intake.on-routing'], ['', 'intake.on-routing', 'city311.intake', 'city311.Intake.x']],
  topic: [['city311.intake.case.v1'], ['', 'city311.intake.case', 'intake.case.v1', 'city311.intake.case.v']],
};

describe('Forms of texts among the values', () => {
  it('are all judged here, by what they take and by what they refuse', () => {
    expect(Object.keys(judged).sort()).toEqual([...forms.keys()].sort());
  });

  it.each(Object.entries(judged))('take and refuse as the cluster does: %s', (name, [takes, refuses]) => {
    const form = forms.get(name);
    if (form === undefined) throw new Error(`no form ${name}`);
    expect(takes.filter((text) => !fits(form, text))).toEqual([]);
    expect(refuses.filter((text) => fits(form, text))).toEqual([]);
  });

  it('are given to every text that the schema leaves open, and to nothing else', () => {
    expect(textsOfTheSchema.size).toBeGreaterThan(80);
    expect([...formOfValue.keys()].sort()).toEqual([...textsOfTheSchema].sort());
  });

  it('are names that there are', () => {
    expect([...formOfValue.values()].filter((name) => !forms.has(name))).toEqual([]);
  });
});
