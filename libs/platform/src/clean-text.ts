import { Transform } from 'class-transformer';
import { buildMessage, ValidateBy, type ValidationOptions } from 'class-validator';

import { cleanCode, cleanHistory, cleanLine, cleanText, textFault } from './text-rules.js';

/** What no cleaning makes short enough is left as it came, so that it costs nothing before it is refused. */
const longest = (maxLength: number): number => 64 * maxLength;

const rule =
  (clean: (text: string) => string) =>
  (maxLength: number, options?: ValidationOptions): PropertyDecorator => {
    const transform = Transform(({ value }: { readonly value: unknown }) =>
      typeof value === 'string' && value.length <= longest(maxLength) ? clean(value) : value,
    );
    const validate = ValidateBy(
      {
        name: 'cleanText',
        validator: {
          validate: (value: unknown): boolean => textFault(value, maxLength) === null,
          defaultMessage: buildMessage(
            (_, args) => textFault(args?.value, maxLength) ?? 'must be clean text',
            options,
          ),
        },
      },
      options,
    );
    return (target, member) => {
      transform(target, member);
      validate(target, member);
    };
  };

/**
 * Text from outside, as somebody wrote it: kept as `cleanText` says, at most `maxLength` characters as people count
 * them, refused for what `textFault` says.
 */
export const CleanText = rule(cleanText);

/** The same for what stands on one line, such as an address: kept as `cleanLine` says. */
export const CleanLine = rule(cleanLine);

/** The same for what is looked up, compared or followed, such as a code, an id or a web address: `cleanCode`. */
export const CleanCode = rule(cleanCode);

/**
 * The same for what an older system may have told, which is told back to the letter: `cleanHistory`. Whoever takes it
 * for something new cleans it (`cleanText`).
 */
export const CleanHistory = rule(cleanHistory);
