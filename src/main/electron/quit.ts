export interface QuitEffects {
  isMeasuring(): Promise<boolean>;
  /** Asks the user; true: stop and leave. */
  askToStop(): Promise<boolean>;
  /** Cancels what is measured, stores it and ends the service; resolves in the end, whatever happens. */
  stopService(): Promise<void>;
  /** Leaves: closes the window and ends the app. */
  leave(): void;
}

/**
 * Leaving the app, however it was asked for (menu, window, system): asks while a measurement runs, ends the service
 * cleanly, then leaves. `mayLeave` answers the system at once: false holds it back until `leave` is called.
 */
export function createQuit(effects: QuitEffects): { mayLeave(): boolean } {
  let phase: 'here' | 'deciding' | 'gone' = 'here';
  const decide = async () => {
    if ((await effects.isMeasuring().catch(() => false)) && !(await effects.askToStop())) {
      phase = 'here';
      return;
    }
    await effects.stopService().catch(() => {});
    phase = 'gone';
    effects.leave();
  };
  return {
    mayLeave() {
      if (phase === 'gone') return true;
      if (phase === 'here') {
        phase = 'deciding';
        void decide();
      }
      return false;
    },
  };
}
