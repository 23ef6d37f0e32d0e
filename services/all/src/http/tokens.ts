export const BACKGROUND_WORK = Symbol('BackgroundWork');
