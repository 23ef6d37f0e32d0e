import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { MoodyMailServer } from '../faults/load/smtp.js';
import type { Client } from '../server/client.js';
import { untilDrained } from '../server/drained.js';
import { itemsOf, membersOf, problemText, textOf } from '../server/json.js';

/** Two servers' worth of callers: one client for each role. */
export interface Callers {
  readonly channel: Client;
  readonly importer: Client;
  readonly operator: Client;
  readonly department: Client;
}

/** A case as its channel was answered; `what` is how the filling names it. */
export interface FiledCase {
  readonly what: string;
  readonly caseNumber: string;
  readonly trackingSecret: string;
}

const bluehill = { latitude: 42.3339, longitude: -71.0805 };
const backBay = { latitude: 42.3479, longitude: -71.0745, address: '700 Boylston St' };
const pothole = 'REQPOTHL';

const rested = async (callers: Callers): Promise<void> => {
  if (!(await untilDrained(callers.operator))) throw new Error('the services never came to rest');
};

/** Files and moves cases through every door, so that every kind of event that a door can cause is in the log. */
export class Filling {
  readonly cases: FiledCase[] = [];

  constructor(
    private readonly callers: Callers,
    private readonly mail: MoodyMailServer,
  ) {}

  /** @returns cases in the order of filing; all services at rest */
  async run(): Promise<readonly FiledCase[]> {
    await this.#ordinaryLives();
    await this.#incidents();
    await this.#wordsAndPictures();
    await this.#secrets();
    await this.#places();
    await this.#history();
    await this.#troubledMail();
    await rested(this.callers);
    return this.cases;
  }

  async #ordinaryLives(): Promise<void> {
    const done = await this.#report('done', {
      title: 'Hole by the crossing',
      location: bluehill,
      contact: this.#person('ana'),
    });
    const back = await this.#report('handed back', { location: backBay });
    const paused = await this.#report('paused and resumed', { location: backBay });
    const claimed = await this.#report('claimed', { location: backBay });
    await rested(this.callers);
    await this.#order(done, 'accept', {});
    await this.#order(done, 'schedule', { scheduledFor: '2026-12-01T15:00:00Z' });
    await this.#order(done, 'start', {});
    await this.#order(done, 'complete', { outcome: 'resolved', text: 'Filled with cold patch.' });
    await this.#order(back, 'hand-back', { reason: 'This is a state road.' });
    await this.#order(paused, 'start', {});
    await this.#order(paused, 'pause', { reason: 'Rain' });
    await this.#order(paused, 'resume', {});
    await this.#order(claimed, 'claim', { by: 'Crew 4' });
    await rested(this.callers);
    await this.#post('channel', '/events', this.#told('reopened', done, { reason: 'It is open again.' }));
    await this.#post('operator', `/api/routing/triage/${back}`, {
      departmentId: 'PWDx',
      queue: 'PWDx_District 1C: Downtown',
    });
    const noted = await this.#report('closed at the desk', { location: backBay });
    await rested(this.callers);
    await this.#post('operator', `/api/cases/${noted}/close`, { outcome: 'noted', text: 'Told the caller.' });
    const withdrawn = await this.#report('withdrawn', { location: bluehill });
    await this.#post(
      'channel',
      '/events',
      this.#told('withdrawn', withdrawn, { reason: 'Somebody filled it.' }),
    );
    const other = await this.#report('reclassified', { location: backBay });
    await this.#post('operator', `/api/cases/${other}/reclassify`, { serviceCode: 'STRLGTOUT' });
    await this.#report(
      'long overdue',
      { location: backBay },
      { by: 'operator', time: '2026-11-02T15:00:00Z' },
    );
    const referred = await this.#report('referred', { location: backBay });
    await this.#post('operator', `/api/cases/${referred}/refer`, { agency: 'State highway department' });
  }

  async #incidents(): Promise<void> {
    const parent = await this.#report('parent', { location: bluehill });
    const follower = await this.#report('follower', { location: bluehill, contact: this.#person('bo') });
    const left = await this.#report('follower that left', { location: bluehill });
    await rested(this.callers);
    await this.#post('operator', `/api/cases/${follower}/link`, { parent });
    await this.#post('operator', `/api/cases/${left}/link`, { parent });
    await rested(this.callers);
    await this.#post('operator', `/api/cases/${left}/unlink`, { parent });
    await rested(this.callers);
    await this.#order(parent, 'complete', { outcome: 'resolved', text: 'Both holes are filled.' });
    await this.#endingsOfAParent();
  }

  async #endingsOfAParent(): Promise<void> {
    const referred = await this.#report('referred parent', { location: bluehill });
    const withdrawn = await this.#report('withdrawn parent', { location: bluehill });
    const [one, other] = [
      await this.#report('follower of a referred one', { location: bluehill }),
      await this.#report('follower of a withdrawn one', { location: bluehill }),
    ];
    await rested(this.callers);
    await this.#post('operator', `/api/cases/${one}/link`, { parent: referred });
    await this.#post('operator', `/api/cases/${other}/link`, { parent: withdrawn });
    await rested(this.callers);
    await this.#post('operator', `/api/cases/${referred}/refer`, { agency: 'State highway department' });
    await this.#post('channel', '/events', this.#told('withdrawn', withdrawn, {}));
    await rested(this.callers);
  }

  async #secrets(): Promise<void> {
    const renewed = await this.#report('secret renewed', { location: backBay });
    const revoked = await this.#report('secret revoked', { location: backBay });
    const answer = membersOf(await this.#post('operator', `/api/cases/${renewed}/tracking-secret`, {}));
    const at = this.cases.findIndex(({ caseNumber }) => caseNumber === renewed);
    this.cases[at] = { ...(this.cases[at] as FiledCase), trackingSecret: textOf(answer['trackingSecret']) };
    const { status } = await this.callers.operator.send({
      path: `/api/cases/${revoked}/tracking-secret`,
      method: 'DELETE',
    });
    if (status >= 300) throw new Error(`the secret was not revoked: ${status}`);
  }

  async #wordsAndPictures(): Promise<void> {
    const told = await this.#report('commented', { location: backBay, contact: this.#person('cy') });
    await this.#post('channel', '/events', this.#told('commented', told, { text: 'It grew since Monday.' }));
    await this.#post('operator', '/events', {
      ...this.#event('commented', { caseNumber: told, text: 'Asked the foreman.', visibility: 'internal' }),
    });
    await this.#post(
      'channel',
      '/events',
      this.#told('photo-added', told, { media: { url: 'https://photos.example.org/hole.jpg' } }),
    );
    await this.#post('channel', '/api/subscriptions', {
      caseNumber: told,
      contact: { email: 'di@example.org', consent: true },
    });
    await this.#report('without consent', {
      location: backBay,
      contact: { email: 'ed@example.org', consent: false },
    });
    await this.#report('to be erased', { location: backBay, contact: this.#person('flo') });
  }

  async #places(): Promise<void> {
    await this.#report('at a home', {
      serviceCode: 'SCHDBLKITM',
      location: { address: '45 Beacon St' },
      answers: [{ code: 'items', value: ['mattress'] }],
    });
    await this.#report('confidential', {
      serviceCode: "Mayor's 24 Hour Hotline:Programs:Heat/Fuel Assistance",
      location: backBay,
    });
    await this.#report('outside the city', { location: { latitude: 42.3736, longitude: -71.1097 } });
    await this.#report('nowhere', { description: 'Behind the big tree' });
    await this.#report('emergency words', { location: backBay, description: 'Wires down and smoke' });
  }

  async #history(): Promise<void> {
    const imported = {
      departmentId: 'PWDx',
      queue: 'PWDx_District 1C: Downtown',
      dueAt: '2026-11-23T15:00:00Z',
      districts: { ward: '05' },
    };
    const closed = await this.#report(
      'imported and closed',
      { location: backBay, imported, externalReferences: [{ system: 'boston-311', id: '101000000001' }] },
      { by: 'importer', time: '2026-11-20T15:00:00Z' },
    );
    await this.#report(
      'imported and open',
      { location: backBay, imported },
      { by: 'importer', time: '2026-11-19T15:00:00Z' },
    );
    await rested(this.callers);
    await this.#post('importer', `/api/work-orders/${closed}-1/complete`, {
      outcome: 'resolved',
      outcomeLabel: 'Case Resolved',
      at: '2026-11-21T15:15:00Z',
    });
  }

  /** A mail of each kind of trouble: refused and tried again, perhaps delivered, and no longer wanted. */
  async #troubledMail(): Promise<void> {
    await rested(this.callers);
    this.mail.mood = 'hangs-up';
    const unsure = await this.#report('mail perhaps sent', {
      location: backBay,
      contact: this.#person('gil'),
    });
    await this.#untilNotice(unsure, 'uncertain');
    this.mail.mood = 'refuses';
    const left = await this.#report('mail not wanted', { location: backBay, contact: this.#person('hal') });
    await this.#untilNotice(left, 'failed');
    const { body } = await this.callers.operator.send({ path: `/api/subscriptions?caseNumber=${left}` });
    const contactId = textOf(itemsOf(body, 'items')[0]?.['contactId']);
    await this.callers.channel.send({
      path: `/unsubscribe/${left}/${contactId}`,
      body: {},
      contentType: 'application/json',
    });
    await this.#untilNotice(left, 'suppressed');
    const failed = await this.#report('mail refused', { location: backBay, contact: this.#person('ida') });
    await this.#untilNotice(failed, 'failed');
  }

  async #untilNotice(caseNumber: string, status: string): Promise<void> {
    for (let tries = 0; tries < 600; tries += 1) {
      const { body } = await this.callers.operator.send({ path: `/api/notices?caseNumber=${caseNumber}` });
      if (itemsOf(body, 'items').some((notice) => notice['status'] === status)) return;
      await pause(200);
    }
    throw new Error(`no notice of case ${caseNumber} is ${status}`);
  }

  async #report(
    what: string,
    data: Readonly<Record<string, unknown>>,
    told: { readonly by: keyof Callers; readonly time?: string } = { by: 'channel' },
  ): Promise<string> {
    const event = {
      ...this.#event('submitted', { serviceCode: pothole, description: `Deep hole, ${what}`, ...data }),
      ...(told.time === undefined ? {} : { time: told.time }),
    };
    const answer = membersOf(await this.#post(told.by, '/events', event));
    const caseNumber = textOf(answer['caseNumber']);
    this.cases.push({ what, caseNumber, trackingSecret: textOf(answer['trackingSecret']) });
    return caseNumber;
  }

  #person(name: string): object {
    return { email: `${name}@example.org`, phone: '617-555-0142', firstName: name, consent: true };
  }

  #event(kind: string, data: object): object {
    return {
      specversion: '1.0',
      id: randomUUID(),
      source: 'urn:upgrade',
      type: `city311.report.${kind}.v1`,
      data,
    };
  }

  /** What the reporter says of an own case, with its secret. */
  #told(kind: string, caseNumber: string, data: object): object {
    const filed = this.cases.find((one) => one.caseNumber === caseNumber);
    return this.#event(kind, { caseNumber, trackingSecret: filed?.trackingSecret, ...data });
  }

  async #order(caseNumber: string, action: string, body: object): Promise<void> {
    await this.#post('department', `/api/work-orders/${caseNumber}-1/${action}`, body);
  }

  async #post(by: keyof Callers, path: string, body: object): Promise<unknown> {
    const contentType = path === '/events' ? 'application/cloudevents+json' : 'application/json';
    const answer = await this.callers[by].send({ path, body, contentType });
    if (answer.status < 300) return answer.body;
    throw new Error(`POST ${path} was answered ${answer.status}: ${problemText(answer.body)}`);
  }
}
