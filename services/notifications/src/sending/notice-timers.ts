import type { View } from '@city311/read-models';
import type { DueTimer, TimerSource } from '@city311/scheduling';

import { noticeStream, type NoticeHandler } from '../handlers.js';
import type { NoticeRow } from '../views/notices.js';
import type { MailRoom } from './mail-room.js';

/** Notices that nobody has ended: tries again what failed or is uncertain, and what a process that died had queued. */
export class NoticeTimers implements TimerSource {
  constructor(
    private readonly view: View<NoticeRow>,
    private readonly handler: NoticeHandler,
    private readonly mailRoom: MailRoom,
  ) {}

  async dueTimers(now: string, limit: number): Promise<readonly DueTimer[]> {
    const { items } = await this.view.find({
      where: { nextTryAt: { gt: '', lte: now } },
      orderBy: [{ column: 'nextTryAt', direction: 'asc' }],
      limit,
    });
    return items.map(({ noticeId, nextTryAt }) => ({ id: noticeId, dueAt: nextTryAt ?? now }));
  }

  async nextDue(): Promise<string | null> {
    const { items } = await this.view.find({
      where: { nextTryAt: { gt: '' } },
      orderBy: [{ column: 'nextTryAt', direction: 'asc' }],
      limit: 1,
    });
    return items[0]?.nextTryAt ?? null;
  }

  async fire({ id }: DueTimer): Promise<void> {
    const { state } = await this.handler.load(noticeStream(id));
    if ('attempt' in state) await this.mailRoom.deliver(state.message, state.attempt);
  }
}
