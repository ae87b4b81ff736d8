/** The chrome around every screen: one slim bar, and what can be called up from anywhere. */
import { lazy, Suspense, useState, type ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { useKeys } from "../../lib/keys";
import { Mark } from "../../ui/Mark";
import { t } from "../../words";
import { Account } from "./Account";
import { useHere } from "./here";
import { SavedState } from "./SavedState";
import css from "./shell.module.css";
import { markTopBarPlace } from "./Slot";

const KeyHelp = lazy(() => import("./KeyHelp"));
const Palette = lazy(() => import("./Palette"));
const SettingsDialog = lazy(() => import("./SettingsDialog"));

type Overlay = "palette" | "keys" | "settings" | null;

/** The project of the address, else the first one: where `g r` and `g d` lead. */
function useProject(): string | undefined {
  const [path] = useLocation();
  const { session } = useHere();
  return /^\/(?:projects|label)\/([^/]+)/.exec(path)?.[1] ?? session.projects[0]?.slug;
}

export function Shell({ children }: { children: ReactNode }) {
  const [overlay, setOverlay] = useState<Overlay>(null);
  const [, go] = useLocation();
  const project = useProject();
  const close = () => setOverlay(null);
  useKeys({
    palette: () => setOverlay("palette"),
    help: () => setOverlay("keys"),
    goQueues: () => go("/queues"),
    goProjects: () => go("/projects"),
    goRuns: project ? () => go(`/projects/${project}/training`) : undefined,
    goDatasets: project ? () => go(`/projects/${project}/datasets`) : undefined,
  });
  return (
    <>
      <a className={css.skip} href="#main">
        {t.common.skipToContent}
      </a>
      <header className={css.bar}>
        <Link href="/" className={css.home} aria-label={t.product}>
          <Mark />
          <span>{t.product}</span>
        </Link>
        <div ref={markTopBarPlace} className={css.place} />
        <SavedState />
        <Account onSettings={() => setOverlay("settings")} onKeys={() => setOverlay("keys")} />
      </header>
      <main id="main" className={css.main} tabIndex={-1}>
        {children}
      </main>
      <Suspense>
        {overlay === "palette" && <Palette onClose={close} />}
        {overlay === "keys" && <KeyHelp onClose={close} />}
        {overlay === "settings" && <SettingsDialog onClose={close} />}
      </Suspense>
    </>
  );
}
