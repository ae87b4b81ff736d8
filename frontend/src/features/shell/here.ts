/** What every screen may ask for: the person, the device's store, the outbox. */
import { createContext, use, useSyncExternalStore } from "react";
import type { Role, Session } from "../../api/types";
import type { DraftKeeper } from "../../lib/drafts";
import { Observable } from "../../lib/observable";
import type { Outbox, OutboxState } from "../../lib/outbox";
import type { Store } from "../../lib/store";

/** The draft of the task that is shown now, for the saved state in the top bar. */
export class CurrentDraft extends Observable<DraftKeeper | null> {
  constructor() {
    super(null);
  }

  show(draft: DraftKeeper | null): void {
    this.set(draft);
  }
}

export interface Here {
  session: Session;
  onSession: (session: Session | null) => void;
  store: Store;
  outbox: Outbox;
  draft: CurrentDraft;
}

const Context = createContext<Here | null>(null);

export const Home = Context;

export function useHere(): Here {
  return use(Context)!;
}

export function useOutbox(): OutboxState {
  const { outbox } = useHere();
  return useSyncExternalStore(outbox.subscribe, outbox.get);
}

function hasRole(session: Session, ...roles: Role[]): boolean {
  return (
    session.person.is_admin ||
    session.projects.some((project) => project.roles.some((role) => roles.includes(role)))
  );
}

/** Sees more than the labeler's screens. */
export function isTeam(session: Session): boolean {
  return hasRole(session, "manager", "engineer", "reviewer");
}

/** May make API tokens. */
export function mayHoldTokens(session: Session): boolean {
  return hasRole(session, "manager", "engineer");
}

/** People who run a project start among the projects, others at their queues. */
export function startOf(session: Session): string {
  return hasRole(session, "manager", "engineer") ? "/projects" : "/queues";
}

/** May make a project. */
export function mayCreate(session: Session): boolean {
  return hasRole(session, "manager");
}
