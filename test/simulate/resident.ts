import type { City, Service } from '@city311/city';

import { between, pick, type Random } from '../generated/random.js';
import { adapterOf, type CloudEvent } from '../replay/case-event.js';
import { localOf } from '../replay/local-time.js';
import { seasonOf, type Figures, type Season } from './figures.js';
import { weighted, type Weighted } from './weighted.js';

const openings = [
  'There is',
  'Again',
  'Please look at',
  'For days now',
  'Since last night',
  'Neighbors told me of',
];
const places = [
  'in front of my house',
  'at the corner',
  'by the bus stop',
  'near the school',
  'across from the park',
  '',
];
const endings = [
  'Thank you.',
  'It is getting worse.',
  'Somebody may get hurt.',
  'Who takes care of this?',
  '',
];

/** Words of services that a snowstorm fills the lines with. */
const stormWords =
  /snow|unshoveled|plow|space saver|heat|street light outage|tree emergenc|no-tow|knock down/i;
const stormFactor = 40;

const describe = (service: Service, random: Random): string => {
  const what = service.keywords.length === 0 ? service.name.toLowerCase() : pick(random, service.keywords);
  return [pick(random, openings), what, `${pick(random, places)}.`, pick(random, endings)]
    .join(' ')
    .replace(/ \./g, '.')
    .trim();
};

/** To what must be answered: one of the choices, or a few words. */
const answersTo = (service: Service, random: Random): object => {
  const asked = service.questions.filter(({ required }) => required);
  if (asked.length === 0) return {};
  const answer = ({ values }: Service['questions'][number]): string =>
    values.length === 0 ? `${between(random, 1, 4)}` : pick(random, values).key;
  return { answers: asked.map((question) => ({ code: question.code, value: answer(question) })) };
};

/** Makes reports as residents of a city send them: what, where, through which channel, at which hour and season. */
export class Residents {
  private readonly servicesBySeason = new Map<Season, Weighted<Service>>();
  private readonly channelsByHour: readonly Weighted<string>[];
  private readonly cells: Weighted<readonly [number, number]>;
  private count = 0;

  constructor(
    city: City,
    private readonly figures: Figures,
    private readonly random: Random,
    /** Sets these reports apart from those of another run. */
    private readonly run: string,
    storm = false,
  ) {
    const known = figures.services.flatMap(({ code, seasons }) => {
      const service = city.service(code);
      return service?.visibility === 'public' ? [{ service, seasons }] : [];
    });
    for (const season of [0, 1, 2, 3] as const) {
      const weights = known.map(({ service, seasons }): [Service, number] => {
        const [usual = 0, winter = 0] = [seasons[season], seasons[0]];
        return [service, storm && stormWords.test(service.type) ? (winter + 1) * stormFactor : usual];
      });
      this.servicesBySeason.set(season, weighted(weights));
    }
    this.channelsByHour = figures.channelsByHour.map((hour) =>
      weighted(figures.channels.map((channel, place) => [channel, hour[place] ?? 0])),
    );
    this.cells = weighted(figures.places.cells.map(([north, east, weight]) => [[north, east], weight]));
  }

  /** A report made at `at`. */
  next(at: Date): CloudEvent {
    const { random, figures } = this;
    const local = localOf(at.toISOString());
    const season = seasonOf(Number(local.slice(5, 7)));
    const service = this.servicesBySeason.get(season)?.pick(random);
    const channel = this.channelsByHour[Number(local.slice(11, 13))]?.pick(random);
    if (service === undefined || channel === undefined)
      throw new RangeError('the figures lack an hour or season');
    const number = (this.count += 1);
    return {
      specversion: '1.0',
      id: `${this.run}-${number}`,
      source: adapterOf(channel).replace(':legacy:', ':simulated:'),
      type: 'city311.report.submitted.v1',
      time: at.toISOString(),
      data: {
        serviceCode: service.code,
        description: describe(service, random),
        channel,
        ...answersTo(service, random),
        ...(random() < figures.unlocated ? {} : { location: this.somewhere() }),
        ...(random() < 0.4
          ? { contact: { email: `resident-${between(random, 1, 20_000)}@example.org`, consent: true } }
          : {}),
        ...(random() < figures.withPhoto
          ? { media: [{ url: `https://photos.example.org/${this.run}/${number}.jpg` }] }
          : {}),
      },
    };
  }

  private somewhere(): { readonly latitude: number; readonly longitude: number } {
    const { south, west, stepDegrees } = this.figures.places;
    const [north, east] = this.cells.pick(this.random);
    const round = (degrees: number): number => Math.round(degrees * 100_000) / 100_000;
    return {
      latitude: round(south + (north + this.random()) * stepDegrees),
      longitude: round(west + (east + this.random()) * stepDegrees),
    };
  }
}
