import type { City, OpenCaseNearby } from '@city311/city';
import type { CaseNumber, Instant } from '@city311/kernel';

/** Side of a bucket in degrees: some 200 m; no service looks further than a bucket away. */
const bucketDegrees = 0.003;
/** Some 100 bytes each. */
const kept = 200_000;
/** Cases of which the newest event is remembered: far more than one teller lags behind the other. */
const heardOf = 50_000;

interface Entry extends OpenCaseNearby {
  readonly bucket: string;
}

/** What a case must show to be found as the same trouble as another. */
export interface Sighting {
  readonly caseNumber: string;
  readonly serviceCode: string;
  readonly latitude: number | undefined;
  readonly longitude: number | undefined;
  readonly openedAt: Instant;
}

/**
 * Open cases by kind and place, in memory: the newest 200,000. Rebuilt from the view at start, then told of events by
 * the consumer and by `watchOpenCases`. It serves suggestions only, so that it may lag or forget without harm.
 */
export class OpenCases {
  readonly #heard = new Map<string, number>();
  readonly #entries = new Map<string, Entry>();
  /** Cases that follow another: they are no suggestion, whatever else becomes of them. */
  readonly #following = new Set<string>();
  readonly #buckets = new Map<string, Set<Entry>>();

  constructor(private readonly city: City) {}

  get size(): number {
    return this.#entries.size;
  }

  /** True for the first who tells of an event of a case, and of none after it: the index is to follow it then. */
  hear(caseNumber: string, sequence: number): boolean {
    const before = this.#heard.get(caseNumber);
    if (before !== undefined && before >= sequence) return false;
    this.#heard.set(caseNumber, sequence);
    if (this.#heard.size > heardOf) {
      const [oldest] = this.#heard.keys();
      if (oldest !== undefined) this.#heard.delete(oldest);
    }
    return true;
  }

  /** Whether an event of the case was told lately. */
  hasHeardOf(caseNumber: string): boolean {
    return this.#heard.has(caseNumber);
  }

  add({ caseNumber, serviceCode, latitude, longitude, openedAt }: Sighting): void {
    if (latitude === undefined || longitude === undefined || this.#following.has(caseNumber)) return;
    if ((this.city.service(serviceCode)?.duplicate ?? null) === null) return;
    this.remove(caseNumber);
    const bucket = bucketOf(serviceCode, latitude, longitude, 0, 0);
    const entry = {
      caseNumber: caseNumber as CaseNumber,
      serviceCode,
      latitude,
      longitude,
      openedAt,
      bucket,
    };
    this.#entries.set(caseNumber, entry);
    const neighbours = this.#buckets.get(bucket);
    if (neighbours === undefined) this.#buckets.set(bucket, new Set([entry]));
    else neighbours.add(entry);
    if (this.#entries.size > kept) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.remove(oldest);
    }
  }

  /** Until it is `freed`, the case is not found and cannot be added. */
  follows(caseNumber: string): void {
    this.remove(caseNumber);
    this.#following.add(caseNumber);
    if (this.#following.size <= kept) return;
    const [oldest] = this.#following;
    if (oldest !== undefined) this.#following.delete(oldest);
  }

  /** It follows nobody any more, and may be added. */
  freed(caseNumber: string): void {
    this.#following.delete(caseNumber);
  }

  remove(caseNumber: string): void {
    const entry = this.#entries.get(caseNumber);
    if (entry === undefined) return;
    this.#entries.delete(caseNumber);
    const neighbours = this.#buckets.get(entry.bucket);
    neighbours?.delete(entry);
    if (neighbours?.size === 0) this.#buckets.delete(entry.bucket);
  }

  /** Open cases of the kind in the point's bucket and the eight around it, but for the case itself. */
  near(sighting: Sighting): readonly OpenCaseNearby[] {
    const { caseNumber, serviceCode, latitude, longitude } = sighting;
    if (latitude === undefined || longitude === undefined) return [];
    const found: OpenCaseNearby[] = [];
    for (let north = -1; north <= 1; north += 1) {
      for (let east = -1; east <= 1; east += 1) {
        const bucket = this.#buckets.get(bucketOf(serviceCode, latitude, longitude, north, east));
        if (bucket === undefined) continue;
        for (const entry of bucket) if (entry.caseNumber !== caseNumber) found.push(entry);
      }
    }
    return found;
  }
}

const bucketOf = (
  serviceCode: string,
  latitude: number,
  longitude: number,
  north: number,
  east: number,
): string =>
  `${Math.floor(latitude / bucketDegrees) + north} ${Math.floor(longitude / bucketDegrees) + east} ${serviceCode}`;
