/** Page after page of a table until one is empty, each from behind the last row of the one before. */
export function* pagesOf<Row, Place>(
  first: Place,
  pageAfter: (place: Place) => readonly Row[],
  placeOf: (row: Row) => Place,
): Generator<readonly Row[]> {
  for (let place = first; ;) {
    const rows = pageAfter(place);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    place = placeOf(last);
  }
}
