import { Type } from 'class-transformer';
import { IsDefined, IsIn, IsNotEmptyObject, IsObject, Matches, ValidateNested } from 'class-validator';

import { CleanCode, email, Holds, IfGiven, personName, phone } from '@city311/platform';

export class FollowerDto {
  @Holds(email) readonly email!: string;
  @IfGiven() @Holds(phone) readonly phone?: string;
  @IfGiven() @Holds(personName) readonly firstName?: string;
  @IfGiven() @Holds(personName) readonly lastName?: string;
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
