import { shared, streams } from './protocol.js';

/** An event as a client proposes it, its id as 16 bytes. */
export interface ProposedEvent {
  readonly id: Buffer;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export const idBytes = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');

export const idText = (bytes: Buffer): string => {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

/** Size as the real server counts it against its limit. */
export const sizeOnDisk = ({ type, data, metadata }: ProposedEvent): number =>
  data.length + metadata.length + type.length * 2;

export interface Place {
  readonly revision: number;
  readonly position: number;
  /** Instant in units of 100 ns since 1970. */
  readonly ticks: string;
}

/** The event as reads and subscriptions give it back. */
export const recordedMessage = (stream: string, event: ProposedEvent, place: Place): Uint8Array => {
  const position = String(place.position);
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(idText(event.id)))
    .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(new TextEncoder().encode(stream)))
    .setStreamRevision(String(place.revision))
    .setPreparePosition(position)
    .setCommitPosition(position)
    .setData(event.data)
    .setCustomMetadata(event.metadata);
  recorded
    .getMetadataMap()
    .set('type', event.type)
    .set('created', place.ticks)
    .set('content-type', event.contentType);
  const read = new streams.ReadResp.ReadEvent().setEvent(recorded).setCommitPosition(position);
  return new streams.ReadResp().setEvent(read).serializeBinary();
};
