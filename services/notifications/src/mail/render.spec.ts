import { describe, expect, it } from '@jest/globals';

import { loadCity } from '@city311/city';
import type { NoticeQueued, Template } from '@city311/domain-notifications';
import type { CaseNumber, ContactId } from '@city311/kernel';

import { render } from './render.js';

const settings = {
  city: loadCity('boston'),
  from: '311 <no-reply@city.example>',
  publicUrl: 'https://311.example',
};
const notice = (template: Template, facts: NoticeQueued['data']['facts'] = {}): NoticeQueued['data'] => ({
  noticeId: '260000000014-1-c1',
  caseNumber: '260000000014' as CaseNumber,
  contactId: 'c1' as ContactId,
  about: { type: 'intake.CaseRouted.v1', sequence: 1 },
  template,
  language: 'en-US',
  messageId: '<m@x>',
  queuedAt: '2026-07-01T16:00:00.000Z',
  facts,
});
const templates: readonly Template[] = [
  'received',
  'in-triage',
  'passed-on',
  'scheduled',
  'paused',
  'linked',
  'referred',
  'closed',
  'reopened',
];

describe('A message', () => {
  it('names case, department and date in words of the city’s time', () => {
    const facts = { departmentId: 'PWDx', dueAt: '2026-08-15T03:59:00.000Z' };
    const mail = render(notice('received', facts), 'ann@example.org', null, settings);
    expect(mail.subject).toContain('260000000014');
    expect(mail.text).toContain('Friday, August 14, 2026');
    expect(mail.text).toContain(settings.city.departmentName('PWDx'));
    expect(mail.text).toContain('https://311.example/unsubscribe/260000000014/c1');
  });

  it.each(templates)('of template %s says something and leaves no gap', (template) => {
    const mail = render(notice(template), 'ann@example.org', null, settings);
    expect(mail.text).not.toMatch(/undefined|null|NaN/);
    expect(mail.text.length).toBeGreaterThan(80);
  });

  it('shows the crew’s words, which are no markup', () => {
    const mail = render(notice('closed', { outcome: 'resolved' }), 'a@example.org', '<b>done</b>', settings);
    expect(mail.text).toContain('<b>done</b>');
    expect(mail.html).toContain('&lt;b&gt;done&lt;/b&gt;');
  });

  it('is in English where its language has no texts yet', () => {
    const mail = render({ ...notice('reopened'), language: 'ht' }, 'a@example.org', null, settings);
    expect(mail.language).toBe('en');
  });
});
