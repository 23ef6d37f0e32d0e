import { IsIn } from 'class-validator';

import type { Outcome } from '@city311/kernel';
import { CleanCode, CleanLine, CleanText, IfGiven } from '@city311/platform';

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

export class LinkDto {
  @CleanCode(40) readonly parent!: string;
}

export class ReclassifyDto {
  @CleanCode(300) readonly serviceCode!: string;
}

export class ReferDto {
  @CleanLine(200) readonly agency!: string;
}

export class CloseDto {
  @IsIn(outcomes) readonly outcome!: Outcome;
  @IfGiven() @CleanText(200) readonly outcomeLabel?: string;
  @IfGiven() @CleanText(4000) readonly text?: string;
}
