import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsNotEmpty, Matches, ValidateNested } from 'class-validator';

import type { Outcome } from '@city311/kernel';
import {
  CleanCode,
  CleanHistory,
  CleanLine,
  CleanText,
  Holds,
  IfGiven,
  instant,
  instantOrDay,
} from '@city311/platform';

export const outcomes: readonly Outcome[] = [
  'resolved',
  'noted',
  'scheduled',
  'invalid',
  'duplicate',
  'referred',
  'withdrawn',
  'other',
];

/** Body of accept, start and resume; `at` for history only. */
export class MoveDto {
  @IfGiven() @Holds(instant) readonly at?: string;
}

export class ClaimDto extends MoveDto {
  @IsNotEmpty() @CleanLine(100) readonly by!: string;
}

export class ScheduleDto extends MoveDto {
  /** A day is that day in the city. */
  @Holds(instantOrDay) readonly scheduledFor!: string;
}

export class PauseDto extends MoveDto {
  @IsNotEmpty() @CleanText(300) readonly reason!: string;
}

export class HandBackDto extends MoveDto {
  @IsNotEmpty() @CleanText(4000) readonly reason!: string;
}

/** An address need only look like one: older systems kept broken links, and history is kept as it was. */
export class PhotoDto {
  @CleanCode(2000)
  @Matches(/^https?:\/\/[^\s<>"]+$/, { message: 'must be a web address' })
  readonly url!: string;
}

export class CompleteDto extends MoveDto {
  @IsIn(outcomes) readonly outcome!: Outcome;
  @IfGiven() @CleanText(300) readonly outcomeLabel?: string;
  @IfGiven() @CleanHistory(8000) readonly text?: string;
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(10)
  @ValidateNested({ each: true })
  @Type(() => PhotoDto)
  readonly media?: readonly PhotoDto[];
  @IfGiven() @CleanText(300) readonly stamp?: string;
}

const statusPattern =
  /^(issued|claimed|accepted|scheduled|started|paused|completed|handed-back|cancelled)(,(issued|claimed|accepted|scheduled|started|paused|completed|handed-back|cancelled))*$/;

const yesOrNo = ['true', 'false'] as const;

/** Query of the inbox. */
export class InboxDto {
  @IfGiven() @CleanCode(60) readonly department?: string;
  @IfGiven() @CleanCode(200) readonly queue?: string;
  @IfGiven()
  @Matches(statusPattern, { message: 'must be a comma-separated list of statuses' })
  readonly status?: string;
  @IfGiven() @Matches(/^\d{12}$/, { message: 'must be a case number' }) readonly caseNumber?: string;
  @IfGiven() @IsIn(yesOrNo) readonly overdue?: 'true' | 'false';
  @IfGiven() @IsIn(['number', 'due']) readonly order?: 'number' | 'due';
  @IfGiven() @IsIn(yesOrNo) readonly follow?: 'true' | 'false';
  @IfGiven()
  @Matches(/^([1-9]\d{0,2}|1000)$/, { message: 'must be a number from 1 to 1000' })
  readonly limit?: string;
  @IfGiven() @CleanCode(1000) readonly cursor?: string;
  @IfGiven()
  @Matches(/^([0-9]|[12]\d|30)$/, { message: 'must be seconds from 0 to 30' })
  readonly wait?: string;
}
