import { describe, expect, it } from '@jest/globals';

import type { Position } from '@city311/kernel';

import { Watermark } from './watermark.js';

const at = (position: string): Position => position as Position;

describe('The watermark', () => {
  it('starts where the group stands', () => {
    expect(new Watermark<Position>(null).safe()).toBeNull();
    expect(new Watermark<Position>(at('5')).safe()).toBe('5');
  });

  it('moves over a slice with nothing to do', () => {
    const watermark = new Watermark<Position>(null);
    watermark.open(at('1'));
    watermark.open(at('2'));
    expect(watermark.safe()).toBe('2');
  });

  it('waits for the oldest slice, however many after it are done', () => {
    const watermark = new Watermark<Position>(at('0'));
    const first = watermark.open(at('1'));
    first.pending = 2;
    const second = watermark.open(at('2'));
    second.pending = 1;
    watermark.open(at('3'));
    expect(watermark.safe()).toBe('0');
    second.pending = 0;
    first.pending = 1;
    expect(watermark.safe()).toBe('0');
    first.pending = 0;
    expect(watermark.safe()).toBe('3');
  });
});
