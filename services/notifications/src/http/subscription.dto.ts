import { Type } from 'class-transformer';
import {
  IsDefined,
  IsEmail,
  IsIn,
  IsNotEmptyObject,
  IsObject,
  Matches,
  ValidateNested,
} from 'class-validator';

import { CleanCode, CleanLine, IfGiven } from '@city311/platform';

export class FollowerDto {
  @CleanCode(254) @IsEmail() readonly email!: string;
  @IfGiven()
  @Matches(/^\+?[0-9 ().x-]{7,30}$/, { message: 'must be a phone number' })
  readonly phone?: string;
  @IfGiven() @CleanLine(100) readonly firstName?: string;
  @IfGiven() @CleanLine(100) readonly lastName?: string;
  @IsIn([true], { message: 'must be true: nobody gets messages without agreeing to it' })
  readonly consent!: true;
  @IfGiven()
  @Matches(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, { message: 'must be a language tag such as "en"' })
  readonly language?: string;
}

const caseNumber = /^\d{12}$/;

export class SubscribeDto {
  @Matches(caseNumber, { message: 'must be a case number' }) readonly caseNumber!: string;
  @IsDefined()
  @IsObject()
  @IsNotEmptyObject()
  @ValidateNested()
  @Type(() => FollowerDto)
  readonly contact!: FollowerDto;
}

export class OfCaseDto {
  @Matches(caseNumber, { message: 'must be a case number' }) readonly caseNumber!: string;
}

export class NoticeQueryDto {
  @IfGiven() @Matches(caseNumber, { message: 'must be a case number' }) readonly caseNumber?: string;
  @IfGiven()
  @IsIn(['queued', 'sent', 'failed', 'uncertain', 'suppressed', 'given-up'])
  readonly status?: string;
  @IfGiven()
  @Matches(/^([1-9]\d{0,2}|1000)$/, { message: 'must be a number from 1 to 1000' })
  readonly limit?: string;
  @IfGiven() @CleanCode(1000) readonly cursor?: string;
}
