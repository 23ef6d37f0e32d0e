import type { Texts, Words } from './texts.js';

const report = ({ service }: Words): string =>
  service === null ? 'Your report' : `Your report (${service})`;
const by = ({ due }: Words): string =>
  due === null ? 'There is no fixed date for this kind of work.' : `Please expect the work by ${due}.`;

const outcomes: Readonly<Record<string, string>> = {
  resolved: 'The work is done.',
  noted: 'The department has taken note. No work was scheduled.',
  scheduled: 'The work has been put on a longer plan.',
  invalid: 'The crew found nothing to repair, or could not act on the report.',
  duplicate: 'Somebody had reported the same thing; it is handled there.',
  referred: 'Another agency is responsible and has been told.',
};

export const english: Texts = {
  subject: ({ caseNumber }, { subject }) => `Case ${caseNumber}: ${subject}`,
  footer: ({ caseNumber, city }, unsubscribeUrl) =>
    `${city} 311. Your case number is ${caseNumber}.\nTo stop messages about this case: ${unsubscribeUrl}`,
  templates: {
    received: (words) => ({
      subject: words.department === null ? 'we have your report' : `with ${words.department}`,
      paragraphs: [
        `${report(words)} is now with ${words.department ?? 'the department in charge'}.`,
        by(words),
        'We will write when there is news.',
      ],
    }),
    'in-triage': (words) => ({
      subject: 'we have your report',
      paragraphs: [
        `${report(words)} has reached us. A person is finding the department in charge.`,
        'We will write when it is with them.',
      ],
    }),
    'passed-on': (words) => ({
      subject: words.department === null ? 'passed on' : `passed on to ${words.department}`,
      paragraphs: [
        `${report(words)} was passed on to ${words.department ?? 'the department in charge'}.`,
        by(words),
      ],
    }),
    scheduled: (words) => ({
      subject: 'work is scheduled',
      paragraphs: [
        `${report(words)} is on the crew's list for ${words.scheduled ?? 'one of the next days'}.`,
      ],
    }),
    paused: (words) => ({
      subject: 'work is paused',
      paragraphs: [
        `Work on ${report(words).toLowerCase()} has begun and is paused.`,
        `The crew gave this reason: ${words.facts.reason ?? 'none'}.`,
      ],
    }),
    linked: (words) => ({
      subject: 'joined with another report',
      paragraphs: [
        `${report(words)} is about the same thing as case ${words.facts.parent ?? ''}, so both are handled together.`,
        'We will write when that case is closed.',
      ],
    }),
    referred: (words) => ({
      subject: 'referred',
      paragraphs: [
        `${report(words)} is a matter for ${words.facts.agency ?? 'another agency'} and was referred there.`,
      ],
    }),
    closed: (words) => ({
      subject: 'closed',
      paragraphs: [
        `${report(words)} was closed. ${outcomes[words.facts.outcome ?? ''] ?? ''}`.trim(),
        ...(words.crewText === null ? [] : [`The crew wrote: ${words.crewText}`]),
        'If this is not right, please reply through 311 and we will open the case again.',
      ],
    }),
    reopened: (words) => ({
      subject: 'opened again',
      paragraphs: [`${report(words)} was opened again.`, by(words)],
    }),
  },
};
