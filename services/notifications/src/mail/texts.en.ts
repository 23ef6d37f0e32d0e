import type { ParentNews } from '@city311/domain-notifications';

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

/** The case that the reader's was joined with, by its number where that may be told. */
const theOther = (news: ParentNews): string =>
  news.shown === undefined ? 'the report that yours was joined with' : `case ${news.shown.parent}`;

const closedWith = (words: Words, news: ParentNews): string => {
  const together = `${report(words)} was closed together with ${theOther(news)}.`;
  const outcome = news.kind === 'closed' ? outcomes[news.shown?.outcome ?? ''] : undefined;
  return outcome === undefined ? together : `${together} ${outcome}`;
};

/** What became of the other case, as the end of a sentence that began with its number. */
const becameOf = (news: ParentNews, { parentService }: Words): string => {
  switch (news.kind) {
    case 'closed':
      return 'was closed';
    case 'withdrawn':
      return 'was taken back by whoever reported it';
    case 'reopened':
      return 'was opened again';
    case 'reclassified':
      return parentService === null
        ? 'is handled as something else now'
        : `is handled as "${parentService}" now`;
    case 'referred':
      return `was referred to ${news.shown?.agency ?? 'another agency'}`;
    case 'joined':
      return 'was joined with another report';
  }
};

const capital = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);

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
        `${report(words)} is about the same thing as ${words.facts.parent === undefined ? 'another report' : `case ${words.facts.parent}`}, so both are handled together.`,
        'We will write when there is news of it, and when it is closed.',
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
        words.facts.parentNews === undefined
          ? `${report(words)} was closed. ${outcomes[words.facts.outcome ?? ''] ?? ''}`.trim()
          : closedWith(words, words.facts.parentNews),
        ...(words.crewText === null ? [] : [`The crew wrote: ${words.crewText}`]),
        'If this is not right, please reply through 311 and we will open the case again.',
      ],
    }),
    reopened: (words) => ({
      subject: 'opened again',
      paragraphs: [
        words.facts.parentNews === undefined
          ? `${report(words)} was opened again.`
          : `${report(words)} was opened again, because ${theOther(words.facts.parentNews)} was; both are handled together.`,
        by(words),
      ],
    }),
    'parent-news': (words) => {
      const { parentNews: news = { kind: 'reopened' }, follows = false } = words.facts;
      return {
        subject: follows ? 'news of the report that yours was joined with' : 'handled for itself again',
        paragraphs: [
          `${capital(theOther(news))} ${becameOf(news, words)}. ${report(words)} ${follows ? 'is still handled together with it.' : 'is no longer joined with it and is handled for itself again.'}`,
          'We will write when there is news.',
        ],
      };
    },
  },
};
