import { describe, expect, it } from '@jest/globals';

import { loadCity } from '@city311/city';
import type { NoticeQueued, ParentNews, Template } from '@city311/domain-notifications';
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
  'parent-news',
];
const other = '260000000027' as CaseNumber;
const [pothole] = settings.city.services;
const parentNews: readonly ParentNews[] = [
  { kind: 'closed', shown: { parent: other, outcome: 'resolved' } },
  { kind: 'withdrawn', shown: { parent: other } },
  { kind: 'reopened', shown: { parent: other } },
  { kind: 'joined', shown: { parent: other } },
  { kind: 'referred', shown: { parent: other, agency: 'MBTA' } },
  { kind: 'reclassified', shown: { parent: other, serviceCode: pothole?.code ?? '' } },
];
const tellsOfParents: readonly Template[] = ['closed', 'reopened', 'parent-news'];

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

  describe.each(tellsOfParents)('of template %s', (template) => {
    it.each(parentNews)('names the case that the report was joined with: $kind', (news) => {
      const mail = render(notice(template, { parentNews: news }), 'a@example.org', null, settings);
      expect(mail.text).toContain(`ase ${other}`);
      expect(mail.text).not.toMatch(/undefined|null|NaN/);
    });

    it.each(parentNews)('says nothing that gives away a case that may not be shown: $kind', ({ kind }) => {
      const mail = render(notice(template, { parentNews: { kind } }), 'a@example.org', null, settings);
      expect(`${mail.subject} ${mail.text}`.match(/\d{12}/g)?.every((one) => one === '260000000014')).toBe(
        true,
      );
      expect(mail.text).toContain('the report that yours was joined with'.slice(4));
      expect(mail.text).not.toMatch(/undefined|null|NaN/);
    });
  });

  it('of a close that followed another’s tells that one’s outcome and the crew’s words', () => {
    const facts = { outcome: 'duplicate', parentNews: parentNews[0] } as const;
    const mail = render(notice('closed', facts as never), 'a@example.org', 'New asphalt laid.', settings);
    expect(mail.subject).toMatch(/closed$/);
    expect(mail.text).toContain(`was closed together with case ${other}. The work is done.`);
    expect(mail.text).toContain('The crew wrote: New asphalt laid.');
  });

  it('of a parent’s news says whether the report still goes with it', () => {
    const said = (follows: boolean, news: ParentNews | undefined): string =>
      render(
        notice('parent-news', { ...(news === undefined ? {} : { parentNews: news }), follows }),
        'a@example.org',
        null,
        settings,
      ).text;
    expect(said(false, parentNews[1])).toMatch(/taken back[^]*handled for itself again/);
    expect(said(true, parentNews[4])).toMatch(/referred to MBTA[^]*still handled together/);
    expect(said(true, parentNews[5])).toContain(pothole?.name ?? 'a service');
  });

  it('that a report was joined names the other case where that may be told', () => {
    expect(render(notice('linked', { parent: other }), 'a@example.org', null, settings).text).toContain(
      other,
    );
    expect(render(notice('linked'), 'a@example.org', null, settings).text).toContain('another report');
  });
});
