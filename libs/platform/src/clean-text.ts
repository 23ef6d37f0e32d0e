import { buildMessage, ValidateBy, type ValidationOptions } from 'class-validator';

/** Every control character but tab and line breaks. */
const control = /[^\P{Cc}\t\n\r]/u;

/** What is wrong with a text from outside, or null: too long, control characters, broken surrogate pairs. */
export const textFault = (value: unknown, maxLength: number): string | null => {
  if (typeof value !== 'string') return 'must be text';
  if (value.length > maxLength) return `must have at most ${maxLength} characters`;
  if (control.test(value)) return 'must not contain control characters';
  if (!value.isWellFormed()) return 'must be well-formed Unicode';
  return null;
};

/** Text from outside: at most `maxLength` UTF-16 units, no control characters but tab and line breaks, well-formed. */
export const CleanText = (maxLength: number, options?: ValidationOptions): PropertyDecorator =>
  ValidateBy(
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
