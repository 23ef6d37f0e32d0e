import { IsNotEmpty, Matches } from 'class-validator';

import { CleanCode, IfGiven } from '@city311/platform';

/** Query of the triage queue. */
export class TriageQueryDto {
  @IfGiven() @CleanCode(200) readonly queue?: string;
  @IfGiven()
  @Matches(/^([1-9]\d{0,2}|1000)$/, { message: 'must be a number from 1 to 1000' })
  readonly limit?: string;
  @IfGiven() @CleanCode(1000) readonly cursor?: string;
}

/** An operator says whose work a case is. */
export class OverrideDto {
  @IsNotEmpty() @CleanCode(60) readonly departmentId!: string;
  @IsNotEmpty() @CleanCode(200) readonly queue!: string;
  /** Service by whose level and priority the work is to be done; the case's own where absent. */
  @IfGiven() @CleanCode(300) readonly serviceCode?: string;
}
