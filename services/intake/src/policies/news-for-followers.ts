import type { CaseEvent, ParentNews } from '@city311/contracts';

/** What followers who go on following hear of this event of their parent; null where it says nothing to them. */
export const newsForFollowers = (event: CaseEvent, isShown: boolean): ParentNews | null => {
  switch (event.type) {
    case 'intake.CaseReferred.v1': {
      if (event.data.closedMeanwhile === true) return null;
      const { caseNumber: parent, agency } = event.data;
      return isShown ? { kind: 'referred', shown: { parent, agency } } : { kind: 'referred' };
    }
    case 'intake.CaseReclassified.v1': {
      const { caseNumber: parent, serviceCode } = event.data;
      return isShown ? { kind: 'reclassified', shown: { parent, serviceCode } } : { kind: 'reclassified' };
    }
    default:
      return null;
  }
};
