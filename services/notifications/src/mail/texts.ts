import type { NoticeFacts, Template } from '@city311/domain-notifications';
import type { City } from '@city311/city';

import { english } from './texts.en.js';

/** What a message may name, in words of its language. */
export interface Words {
  readonly caseNumber: string;
  readonly city: string;
  /** "Pothole repair"; null where the service is not known. */
  readonly service: string | null;
  readonly department: string | null;
  /** "Friday, August 14, 2026"; null where nothing is promised. */
  readonly due: string | null;
  readonly scheduled: string | null;
  readonly facts: NoticeFacts;
  /** What the case that the reader's follows is filed as since; null where that is no news, or may not be told. */
  readonly parentService: string | null;
  /** What the crew wrote, for the public; null where nothing, or no longer readable. */
  readonly crewText: string | null;
}

/** A message in one language: what comes after the case number in the subject, and the paragraphs. */
export interface Wording {
  readonly subject: string;
  readonly paragraphs: readonly string[];
}

export interface Texts {
  readonly templates: Readonly<Record<Template, (words: Words) => Wording>>;
  subject(words: Words, wording: Wording): string;
  footer(words: Words, unsubscribeUrl: string): string;
}

/** Languages by tag; add one by adding its table here. */
const tables: Readonly<Record<string, Texts>> = { en: english };

/** The table for a language tag, and the language that it is in: English where there is none. */
export const textsFor = (tag: string): { readonly language: string; readonly texts: Texts } => {
  const [language = 'en'] = tag.toLowerCase().split('-');
  const texts = tables[language];
  return texts === undefined ? { language: 'en', texts: english } : { language, texts };
};

const formats = new Map<string, Intl.DateTimeFormat>();

/** The day of an instant in the city's time, in words. */
export const dayInWords = (instant: string, language: string, city: City): string => {
  const key = `${language} ${city.timeZone}`;
  let format = formats.get(key);
  if (format === undefined) {
    const locale = language === 'en' ? 'en-US' : language;
    format = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone: city.timeZone });
    formats.set(key, format);
  }
  return format.format(Date.parse(instant));
};
