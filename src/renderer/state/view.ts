import { create } from 'zustand';

/** Where the user is. The address hash mirrors it, so that back, forward and reload work. */
export type View =
  | { page: 'lab' }
  /** `claim`: id of the one that is open; null: the board. */
  | { page: 'claims'; claim: string | null }
  | { page: 'models'; model: string | null }
  | { page: 'runs' }
  | { page: 'run'; run: string }
  | { page: 'compare'; runs: string[] }
  | { page: 'figures' }
  | { page: 'machine' }
  | { page: 'export' }
  | { page: 'settings' };
export type PageName = View['page'];

/** `#/run/0190…`, `#/compare/a,b`; what cannot be read is the Lab page. Pure. */
export function viewOfHash(hash: string): View {
  const [page, rest = ''] = hash.replace(/^#\/?/, '').split('/').map(decoded);
  switch (page) {
    case 'claims':
      return { page, claim: rest || null };
    case 'models':
      return { page, model: rest || null };
    case 'run':
      return rest ? { page, run: rest } : { page: 'runs' };
    case 'compare':
      return { page, runs: rest ? rest.split(',') : [] };
    case 'runs':
    case 'figures':
    case 'machine':
    case 'export':
    case 'settings':
      return { page };
    default:
      return { page: 'lab' };
  }
}

/** Text that is no URI encoding stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function hashOfView(view: View): string {
  const rest =
    view.page === 'claims'
      ? view.claim
      : view.page === 'models'
        ? view.model
        : view.page === 'run'
          ? view.run
          : view.page === 'compare'
            ? view.runs.join(',')
            : null;
  return rest ? `#/${view.page}/${encodeURIComponent(rest)}` : `#/${view.page}`;
}

export const useView = create<{ view: View }>(() => ({ view: viewOfHash(globalThis.location?.hash ?? '') }));

/** Goes to a view; the browser's back button returns. */
export function go(view: View): void {
  const hash = hashOfView(view);
  if (hash !== window.location.hash) window.history.pushState(null, '', hash);
  useView.setState({ view });
}

/** Keeps the view in step with back and forward. @returns stops it */
export function followHistory(): () => void {
  const follow = () => useView.setState({ view: viewOfHash(window.location.hash) });
  window.addEventListener('popstate', follow);
  window.addEventListener('hashchange', follow);
  return () => {
    window.removeEventListener('popstate', follow);
    window.removeEventListener('hashchange', follow);
  };
}
