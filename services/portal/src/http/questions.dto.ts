import { Holds, IfGiven, instant, localDay } from '@city311/platform';

/** Query of the counts. */
export class SummaryDto {
  @IfGiven() @Holds(instant) readonly asOf?: string;
}

/** Query of the export; the days are both included. */
export class ExportDto extends SummaryDto {
  @IfGiven() @Holds(localDay) readonly from?: string;
  @IfGiven() @Holds(localDay) readonly to?: string;
}
