import {
  accept,
  type CaseNumber,
  type Command,
  type Decider,
  type DomainEvent,
  type Instant,
} from '@city311/kernel';

/** `told`: sequence of the child's event that it follows, so that an older one delivered again is known. */
interface Follower {
  readonly child: CaseNumber;
  readonly told: number;
}

/** Which cases follow a parent's close; kept by the incident policy, stream `intake.incident-<parent>`. */
export type IncidentEvent =
  | DomainEvent<'FollowerJoined', Follower & { readonly joinedAt: Instant }>
  | DomainEvent<'FollowerLeft', Follower & { readonly leftAt: Instant }>;

export type IncidentCommand =
  | Command<'JoinIncident', Follower & { readonly joinedAt: Instant }>
  | Command<'LeaveIncident', Follower & { readonly leftAt: Instant }>;

export interface Incident {
  readonly followers: readonly CaseNumber[];
  /** Of each child that ever joined: the last event of it that was followed. */
  readonly heard: Readonly<Record<string, number>>;
}

/** Never refuses: links are decided on the child's own stream, this only remembers them for the parent. */
export const incidentDecider: Decider<Incident, IncidentCommand, IncidentEvent, never> = {
  initialState: { followers: [], heard: {} },
  decide: (command, { followers, heard }) => {
    const { child, told } = command.data;
    if (told <= (heard[child] ?? -1)) return accept();
    const follows = followers.includes(child);
    switch (command.type) {
      case 'JoinIncident':
        return follows ? accept() : accept({ type: 'FollowerJoined', data: command.data });
      case 'LeaveIncident':
        return follows ? accept({ type: 'FollowerLeft', data: command.data }) : accept();
    }
  },
  evolve: ({ followers, heard }, event) => {
    const { child, told } = event.data;
    const now = { ...heard, [child]: told };
    switch (event.type) {
      case 'FollowerJoined':
        return { followers: [...followers, child], heard: now };
      case 'FollowerLeft':
        return { followers: followers.filter((one) => one !== child), heard: now };
    }
  },
};
