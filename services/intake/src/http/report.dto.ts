import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsLatitude,
  IsLongitude,
  IsNotEmpty,
  IsNumber,
  IsObject,
  Matches,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

import {
  cleanCode,
  CleanCode,
  CleanHistory,
  cleanLine,
  CleanLine,
  cleanText,
  CleanText,
  email,
  Holds,
  IfGiven,
  instant,
  personName,
  phone,
  textFault,
} from '@city311/platform';

export class LocationDto {
  @ValidateIf((location: LocationDto) => location.latitude !== undefined || location.longitude !== undefined)
  @IsNumber({}, { message: 'latitude and longitude come together, as numbers' })
  @IsLatitude()
  readonly latitude?: number;

  @ValidateIf((location: LocationDto) => location.latitude !== undefined || location.longitude !== undefined)
  @IsNumber({}, { message: 'latitude and longitude come together, as numbers' })
  @IsLongitude()
  readonly longitude?: number;

  @IfGiven() @CleanLine(300) readonly address?: string;
  @IfGiven() @CleanLine(200) readonly street?: string;
  /** Room for what people write there, `not available` or a whole line: what is no ZIP code is kept aside, and costs no report. */
  @IfGiven() @CleanCode(100) readonly zip?: string;
  @IfGiven() @CleanCode(60) readonly addressId?: string;
}

export class ContactDto {
  @IfGiven() @Holds(email) readonly email?: string;
  @IfGiven() @Holds(phone) readonly phone?: string;
  @IfGiven() @Holds(personName) readonly firstName?: string;
  @IfGiven() @Holds(personName) readonly lastName?: string;
  @IfGiven() @IsBoolean() readonly consent?: boolean;
}

const answerFault = (value: unknown): string | null => {
  if (!Array.isArray(value))
    return typeof value === 'string' ? textFault(value, 4000) : 'must be text or a list of texts';
  if (value.length > 50) return 'must have at most 50 items';
  return value.map((item) => textFault(item, 200)).find((fault) => fault !== null) ?? null;
};

/** Lists and single lines may be compared with the keys of a question. */
const cleanAnswer = (value: unknown): unknown => {
  if (Array.isArray(value))
    return value.map((item: unknown) => (typeof item === 'string' ? cleanCode(item) : item));
  if (typeof value !== 'string') return value;
  const text = cleanText(value).trim();
  return text.includes('\n') ? text : cleanCode(text);
};

/** What a person typed, or the keys of what they chose. Two conditional rules on one member would cancel each other out. */
const IsAnswer = (): PropertyDecorator =>
  ValidateBy({
    name: 'isAnswer',
    validator: {
      validate: (value: unknown): boolean => answerFault(value) === null,
      defaultMessage: (args) => answerFault(args?.value) ?? 'must be an answer',
    },
  });

export class AnswerDto {
  @CleanCode(100) readonly code!: string;

  @Transform(({ value }: { readonly value: unknown }) => cleanAnswer(value))
  @IsAnswer()
  readonly value!: string | readonly string[];
}

export class MediaDto {
  @CleanCode(2000)
  @Matches(/^https?:\/\/[^\s<>"]+$/, { message: 'must be a web address' })
  readonly url!: string;
}

export class ReferenceDto {
  @Matches(/^[a-z][a-z0-9.-]{0,59}$/, { message: 'must be a short name in small letters' })
  readonly system!: string;
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._/#-]{0,99}$/, {
    message: 'must be 1 to 100 letters, digits and . _ / # -, a letter or digit first',
  })
  readonly id!: string;
}

const cleanLabels = (value: unknown): unknown =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(
        Object.entries(value).map(([layer, label]: [string, unknown]) => [
          layer,
          typeof label === 'string' ? cleanLine(label) : label,
        ]),
      );

export class ImportedDto {
  @CleanCode(60) readonly departmentId!: string;
  @CleanCode(200) readonly queue!: string;
  @Holds(instant, { orNull: true }) readonly dueAt!: string | null;
  @Transform(({ value }: { readonly value: unknown }) => cleanLabels(value))
  @IsObject()
  readonly districts!: Readonly<Record<string, string>>;
  @IfGiven() @IsBoolean() readonly placePublished?: boolean;
}

/** Data of `city311.report.submitted.v1`. */
export class ReportSubmittedDto {
  @CleanCode(300) readonly serviceCode!: string;
  @IfGiven() @CleanHistory(500) readonly title?: string;
  @IfGiven() @CleanText(4000) readonly description?: string;
  @IfGiven()
  @Matches(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, { message: 'must be a language tag such as "en"' })
  readonly language?: string;
  @IfGiven() @IsIn(['public', 'staff', 'confidential']) readonly visibility?:
    'public' | 'staff' | 'confidential';
  @IfGiven() @CleanCode(60) readonly channel?: string;
  @IfGiven() @IsObject() @ValidateNested() @Type(() => LocationDto) readonly location?: LocationDto;
  @IfGiven() @IsObject() @ValidateNested() @Type(() => ContactDto) readonly contact?: ContactDto;
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => AnswerDto)
  readonly answers?: readonly AnswerDto[];
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(10)
  @ValidateNested({ each: true })
  @Type(() => MediaDto)
  readonly media?: readonly MediaDto[];
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(10)
  @ValidateNested({ each: true })
  @Type(() => ReferenceDto)
  readonly externalReferences?: readonly ReferenceDto[];
  @IfGiven() @IsObject() @ValidateNested() @Type(() => ImportedDto) readonly imported?: ImportedDto;
}

class OnCaseDto {
  @CleanCode(100) readonly caseNumber!: string;
  @IfGiven() @CleanCode(100) readonly trackingSecret?: string;
}

/** Data of `city311.report.commented.v1`. */
export class ReportCommentedDto extends OnCaseDto {
  @IsNotEmpty() @CleanText(4000) readonly text!: string;
  @IfGiven() @IsIn(['public', 'internal']) readonly visibility?: 'public' | 'internal';
  @IfGiven() @IsObject() @ValidateNested() @Type(() => ContactDto) readonly contact?: ContactDto;
}

/** Data of `city311.report.photo-added.v1`. */
export class PhotoAddedDto extends OnCaseDto {
  @ValidateNested() @Type(() => MediaDto) @IsObject() readonly media!: MediaDto;
}

/** Data of `city311.report.withdrawn.v1`. */
export class ReportWithdrawnDto extends OnCaseDto {
  @IfGiven() @CleanText(4000) readonly reason?: string;
}

/** Data of `city311.report.reopened.v1`. */
export class ReportReopenedDto extends OnCaseDto {
  @IfGiven() @CleanText(4000) readonly reason?: string;
  @IfGiven() @Holds(instant, { orNull: true }) readonly dueAt?: string | null;
}
