import { describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';

import { letReadersLeave } from './quiet-pipes.js';

const failing = (code: string): Error => Object.assign(new Error(code), { code });

describe('What a command says', () => {
  it('may be read in part: whoever leaves ends no command', () => {
    const [out, complaints] = [new EventEmitter(), new EventEmitter()];
    letReadersLeave(out, complaints);
    for (const pipe of [out, complaints]) expect(() => pipe.emit('error', failing('EPIPE'))).not.toThrow();
  });

  it('is no secret where it cannot be written for another reason', () => {
    const out = new EventEmitter();
    letReadersLeave(out);
    expect(() => out.emit('error', failing('ENOSPC'))).toThrow('ENOSPC');
  });
});
