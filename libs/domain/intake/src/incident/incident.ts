import {
  accept,
  type CaseNumber,
  type Command,
  type Decider,
  type DomainEvent,
  type Instant,
} from '@city311/kernel';

/** Which cases follow a parent's close; kept by the incident policy, stream `intake.incident-<parent>`. */
export type IncidentEvent =
  | DomainEvent<'FollowerJoined', { readonly child: CaseNumber; readonly joinedAt: Instant }>
  | DomainEvent<'FollowerLeft', { readonly child: CaseNumber; readonly leftAt: Instant }>;

export type IncidentCommand =
  | Command<'JoinIncident', { readonly child: CaseNumber; readonly joinedAt: Instant }>
  | Command<'LeaveIncident', { readonly child: CaseNumber; readonly leftAt: Instant }>;

export interface Incident {
  readonly followers: readonly CaseNumber[];
}

/** Never refuses: links are decided on the child's own stream, this only remembers them for the parent. */
export const incidentDecider: Decider<Incident, IncidentCommand, IncidentEvent, never> = {
  initialState: { followers: [] },
  decide: (command, { followers }) => {
    const follows = followers.includes(command.data.child);
    switch (command.type) {
      case 'JoinIncident':
        return follows ? accept() : accept({ type: 'FollowerJoined', data: command.data });
      case 'LeaveIncident':
        return follows ? accept({ type: 'FollowerLeft', data: command.data }) : accept();
    }
  },
  evolve: ({ followers }, event) => {
    switch (event.type) {
      case 'FollowerJoined':
        return { followers: [...followers, event.data.child] };
      case 'FollowerLeft':
        return { followers: followers.filter((child) => child !== event.data.child) };
    }
  },
};
