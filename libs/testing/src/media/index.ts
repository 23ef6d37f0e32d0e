export { describeMediaContract, type MediaUnderTest } from './contract.js';
export { privateMark, sampleJpeg, samplePng, sampleWebp } from './sample-images.js';
