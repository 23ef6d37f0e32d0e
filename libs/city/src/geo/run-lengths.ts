import { deflateRawSync, inflateRawSync } from 'node:zlib';

const pushVarint = (bytes: number[], value: number): void => {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  bytes.push(rest);
};

/** Small numbers in long runs, packed: pairs of value and run length as varints, deflated. */
export const packRuns = (values: Uint16Array): Buffer => {
  const bytes: number[] = [];
  for (let at = 0; at < values.length;) {
    const value = values[at] ?? 0;
    let end = at + 1;
    while (end < values.length && values[end] === value) end += 1;
    pushVarint(bytes, value);
    pushVarint(bytes, end - at);
    at = end;
  }
  return deflateRawSync(Uint8Array.from(bytes), { level: 9 });
};

/** @throws RangeError  the runs do not make `length` values */
export const unpackRuns = (packed: Uint8Array, length: number): Uint16Array => {
  const bytes = inflateRawSync(packed);
  const values = new Uint16Array(length);
  let at = 0;
  let filled = 0;
  const readVarint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at] ?? 0;
      at += 1;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const value = readVarint();
    const run = readVarint();
    if (filled + run > length) throw new RangeError('more runs than cells');
    if (value !== 0) values.fill(value, filled, filled + run);
    filled += run;
  }
  if (filled !== length) throw new RangeError('fewer runs than cells');
  return values;
};
