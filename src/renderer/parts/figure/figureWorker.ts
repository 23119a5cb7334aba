// First: it must be evaluated before any schema is made.
import '../../noEval';
import { type Ask, createWork } from './work';

const work = createWork();
self.onmessage = ({ data }: MessageEvent<Ask>) => {
  const answer = work(data);
  if (answer) self.postMessage(answer);
};
