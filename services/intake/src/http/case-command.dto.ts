import { IsIn } from 'class-validator';

import type { Outcome } from '@city311/kernel';
import { CleanText, IfGiven } from '@city311/platform';

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
  @CleanText(40) readonly parent!: string;
}

export class ReclassifyDto {
  @CleanText(300) readonly serviceCode!: string;
}

export class ReferDto {
  @CleanText(200) readonly agency!: string;
}

export class CloseDto {
  @IsIn(outcomes) readonly outcome!: Outcome;
  @IfGiven() @CleanText(200) readonly outcomeLabel?: string;
  @IfGiven() @CleanText(4000) readonly text?: string;
}
