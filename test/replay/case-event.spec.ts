import { describe, expect, it } from '@jest/globals';

import { adapterOf, photosOf, reopeningOf, reportOf } from './case-event.js';
import { sampleRow } from './sample-row.js';

describe('reportOf', () => {
  it('is what the channel would have sent, with the older system’s decisions beside it', () => {
    expect(reportOf(sampleRow())).toEqual({
      specversion: '1.0',
      id: '900000000001',
      source: 'urn:boston:legacy:citizens-connect-app',
      type: 'city311.report.submitted.v1',
      time: '2015-08-11T16:00:00.000Z',
      data: {
        serviceCode: 'Public Works Department:Highway Maintenance:Request for Pothole Repair',
        title: 'Pothole by the school gate',
        channel: 'Citizens Connect App',
        visibility: 'public',
        location: {
          latitude: 42.311,
          longitude: -71.11,
          address: '12 Lantern St  Jamaica Plain  MA  02130',
          street: '12 Lantern St',
          zip: '02130',
        },
        externalReferences: [{ system: 'boston-311', id: '900000000001' }],
        imported: {
          departmentId: 'PWDx',
          queue: 'PWDx_District 02: Jamaica Plain',
          dueAt: '2015-08-13T12:30:00.000Z',
          districts: { fire_district: '9', ward: 'Ward 11' },
          placePublished: true,
        },
      },
    });
  });

  it('holds nothing of how the case ended', () => {
    const sent = JSON.stringify(reportOf(sampleRow({ closedphoto: 'https://photos.example/after.jpg' })));
    for (const told of ['ONTIME', 'Closed', 'cold patch', '2015-08-12', 'after.jpg']) {
      expect(sent).not.toContain(told);
    }
  });

  it('says nothing where the city left a space', () => {
    const { data } = reportOf(
      sampleRow({
        location: ' ',
        location_street_name: ' ',
        location_zipcode: '',
        latitude: '',
        longitude: '',
        ward: ' ',
        fire_district: '',
        target_dt: '',
      }),
    );
    expect(data['location']).toBeUndefined();
    expect(data['imported']).toMatchObject({ dueAt: null, districts: {} });
  });

  it('leaves the title out where it is the name of the type', () => {
    expect(reportOf(sampleRow({ case_title: 'Request for Pothole Repair' })).data['title']).toBeUndefined();
  });

  it('is refused for a row without an opening time', () => {
    expect(() => reportOf(sampleRow({ open_dt: ' ' }))).toThrow(RangeError);
  });
});

describe('photosOf', () => {
  it('finds every link of a cell', () => {
    expect(photosOf(' https://a.example/1.jpg | https://a.example/2.jpg')).toEqual([
      { url: 'https://a.example/1.jpg' },
      { url: 'https://a.example/2.jpg' },
    ]);
    expect(photosOf(' ')).toEqual([]);
  });
});

describe('reopeningOf', () => {
  it('names the case by its old number and goes on with the old target', () => {
    expect(reopeningOf(sampleRow({ case_status: 'Open', closed_dt: '' }))).toMatchObject({
      id: '900000000001:reopened',
      type: 'city311.report.reopened.v1',
      data: { caseNumber: '900000000001', dueAt: '2015-08-13T12:30:00.000Z' },
    });
  });
});

describe('adapterOf', () => {
  it('names an adapter even where the channel is blank', () => {
    expect(adapterOf('Constituent Call')).toBe('urn:boston:legacy:constituent-call');
    expect(adapterOf(' ')).toBe('urn:boston:legacy:unknown');
  });
});
