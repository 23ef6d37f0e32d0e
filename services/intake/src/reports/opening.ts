import { createHash } from 'node:crypto';

import type { City, Service } from '@city311/city';
import type { Answer, CaseOpened } from '@city311/domain-intake';
import type { CaseNumber, ContactId, ProtectedText, WrittenText } from '@city311/kernel';
import type { Author, Vault } from '@city311/vault';

import { saysWho } from './named-person.js';
import { placeOf } from './place.js';
import type { SubmittedReport } from './submitted-report.js';
import { reporterOf } from './tracking-secret.js';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

const asWritten = async (
  vault: Vault,
  author: Author,
  text: string | undefined,
): Promise<WrittenText | undefined> =>
  text === undefined || text === '' ? undefined : vault.protectWritten(author, text);

/** A name that some program made; anything else, and what could hold a number of somebody's, is words. */
const safeCode = /^(?!.*\d{4})[A-Za-z][A-Za-z0-9_.-]{0,59}$/;

const protectAnswers = (
  vault: Vault,
  author: Author,
  service: Service,
  report: SubmittedReport,
): Promise<Answer[]> =>
  Promise.all(
    report.answers.map(async ({ code, value, undeclared }, index): Promise<Answer> => {
      if (undeclared === true) {
        const said = typeof value === 'string' ? value : value.join(', ');
        const isSafe = safeCode.test(code);
        const text = await vault.protectWritten(author, isSafe ? said : `${code}: ${said}`);
        return { code: isSafe ? code : `undeclared-${index + 1}`, text, undeclared };
      }
      const known =
        service.questions.find((asked) => asked.code === code)?.values.map(({ key }) => key) ?? [];
      const given = typeof value === 'string' ? [value] : value;
      // What is not on the question's own list was typed by a person, in a list or not.
      return given.every((one) => known.includes(one)) && known.length > 0
        ? { code, choice: given }
        : { code, text: await vault.protectWritten(author, given.join(', ')) };
    }),
  );

/**
 * What the case opens with, all personal detail protected, and the secret as the receipt keeps it. Keys and contact are durable when this resolves.
 * An imported place that the older system had published stays as it was published.
 */
export const openingOf = async (
  report: SubmittedReport,
  service: Service,
  caseNumber: CaseNumber,
  trackingSecret: string | null,
  { city, vault }: { readonly city: City; readonly vault: Vault },
): Promise<{ readonly opening: CaseOpened; readonly trackingSecret: ProtectedText | null }> => {
  const contactId = await rememberedContact(report, vault);
  const author = reporterOf({ caseNumber, ...(contactId === null ? {} : { contactId }) });
  const [[secret = null], description, title, answers] = await Promise.all([
    trackingSecret === null ? [] : vault.protect(author, [trackingSecret]),
    asWritten(vault, author, report.description),
    asWritten(vault, author, report.title),
    report.answers.length === 0 ? [] : protectAnswers(vault, author, service, report),
  ]);
  const words = wordsOf(report);
  const place = await placeOf(report, service, author, { city, vault });
  const opening: CaseOpened = {
    caseNumber,
    jurisdiction: city.jurisdiction,
    serviceCode: service.code,
    definitionVersion: service.version,
    language: report.language,
    visibility: report.visibility ?? service.visibility,
    ...(description === undefined ? {} : { description }),
    ...(title === undefined ? {} : { title }),
    answers,
    place,
    channel: report.channel,
    adapter: report.adapter,
    externalReferences: report.externalReferences,
    ...(contactId === null ? {} : { contactId }),
    media: report.media.map(({ url }) => ({ kind: 'external', url })),
    emergencyWords: words === '' ? [] : city.emergencyWordsIn(words),
    openedAt: report.openedAt,
    ...(report.imported === undefined
      ? {}
      : {
          imported: {
            departmentId: report.imported.departmentId,
            queue: report.imported.queue,
            dueAt: report.imported.dueAt,
          },
        }),
    trackingHash: trackingSecret === null ? null : sha256(trackingSecret),
  };
  return { opening, trackingSecret: secret };
};

/** All that somebody typed: words that call for help may stand in a title or an answer as well. */
const wordsOf = ({ title, description, answers }: SubmittedReport): string =>
  [title, description, ...answers.flatMap(({ value }) => value)]
    .filter((text) => text !== undefined && text !== '')
    .join('\n');

const rememberedContact = async (
  { contact, language }: SubmittedReport,
  vault: Vault,
): Promise<ContactId | null> => {
  if (!saysWho(contact)) return null;
  return vault.rememberContact({ ...contact, consent: contact.consent ?? false, language });
};
