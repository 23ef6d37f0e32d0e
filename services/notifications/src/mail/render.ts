import type { City } from '@city311/city';
import type { NoticeQueued } from '@city311/domain-notifications';

import type { Mail } from './mail.js';
import { dayInWords, textsFor, type Words } from './texts.js';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character] ?? '');
const paragraph = (text: string): string => `<p>${escaped(text).replace(/\n/g, '<br>')}</p>`;

export interface RenderSettings {
  readonly city: City;
  readonly from: string;
  readonly publicUrl: string;
}

/** Where the reader of a message leaves the list. */
export const unsubscribeUrl = (publicUrl: string, caseNumber: string, contactId: string): string =>
  `${publicUrl}/unsubscribe/${caseNumber}/${contactId}`;

/** The message in its language. @param crewText  the protected text of `facts`, revealed; null where there is none */
export const render = (
  notice: NoticeQueued['data'],
  to: string,
  crewText: string | null,
  { city, from, publicUrl }: RenderSettings,
): Mail => {
  const { caseNumber, contactId, facts } = notice;
  const { language, texts } = textsFor(notice.language);
  const day = (instant: string | undefined): string | null =>
    instant === undefined ? null : dayInWords(instant, language, city);
  const nameOf = (serviceCode: string | undefined): string | null =>
    serviceCode === undefined ? null : (city.service(serviceCode)?.name ?? null);
  const { parentNews } = facts;
  const words: Words = {
    caseNumber,
    city: city.name,
    service: nameOf(facts.serviceCode),
    department: facts.departmentId === undefined ? null : city.departmentName(facts.departmentId),
    due: day(facts.dueAt),
    scheduled: day(facts.scheduledFor),
    facts,
    parentService: nameOf(parentNews?.kind === 'reclassified' ? parentNews.shown?.serviceCode : undefined),
    crewText,
  };
  const wording = texts.templates[notice.template](words);
  const leave = unsubscribeUrl(publicUrl, caseNumber, contactId);
  const footer = texts.footer(words, leave);
  return {
    noticeId: notice.noticeId,
    messageId: notice.messageId,
    from,
    to,
    subject: texts.subject(words, wording),
    text: `${wording.paragraphs.join('\n\n')}\n\n--\n${footer}\n`,
    html: `<!doctype html><html lang="${language}"><body>${wording.paragraphs.map(paragraph).join('')}<hr>${paragraph(footer)}</body></html>`,
    language,
    date: new Date(notice.queuedAt),
    unsubscribeUrl: leave,
  };
};
