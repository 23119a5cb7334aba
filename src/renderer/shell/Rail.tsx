import { isMac } from '../commands/handlers';
import { type CommandId, infoOf, printKeys } from '../commands/table';
import { Icon, type IconName } from '../parts/icons';
import { useLive } from '../state/live';
import { go, hashOfView, type PageName, useView, type View } from '../state/view';

const entries: { command: CommandId; icon: IconName; view: View; also?: PageName }[] = [
  { command: 'go.lab', icon: 'lab', view: { page: 'lab' } },
  { command: 'go.claims', icon: 'claims', view: { page: 'claims', claim: null } },
  { command: 'go.models', icon: 'models', view: { page: 'models', model: null } },
  { command: 'go.runs', icon: 'runs', view: { page: 'runs' }, also: 'run' },
  { command: 'go.compare', icon: 'compare', view: { page: 'compare', runs: [] } },
  { command: 'go.figures', icon: 'figures', view: { page: 'figures' } },
  { command: 'go.machine', icon: 'machine', view: { page: 'machine' } },
  { command: 'go.export', icon: 'export', view: { page: 'export' } },
  { command: 'go.settings', icon: 'settings', view: { page: 'settings' } },
];

/** The pages, one level. A dot beside Lab says that something is measured. */
export function Rail() {
  const page = useView((s) => s.view.page);
  const measuring = useLive((s) => s.progress !== null);
  return (
    <nav className="tw-rail" aria-label="Pages">
      <div className="tw-brand">
        <img src="./icon.svg" width={20} height={20} alt="" />
        <span className="tw-brand-name">Thirty Watts</span>
      </div>
      {entries.map(({ command, icon, view, also }) => {
        const { label, keys } = infoOf(command);
        const current = view.page === page || also === page;
        return (
          <a
            key={command}
            className="tw-rail-item"
            href={hashOfView(view)}
            aria-current={current ? 'page' : undefined}
            aria-label={label}
            title={`${label} (${printKeys(keys[0], isMac)})`}
            onClick={(event) => {
              event.preventDefault();
              go(view);
            }}
          >
            <Icon name={icon} />
            <span className="tw-rail-label">{label}</span>
            {view.page === 'lab' && measuring && (
              <span className="tw-good" role="img" aria-label="measuring">
                ●
              </span>
            )}
          </a>
        );
      })}
    </nav>
  );
}
