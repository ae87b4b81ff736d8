/** The places of the team as words at the left; on a narrow screen behind a menu button. */
import { useRef, useSyncExternalStore } from "react";
import { Link, useLocation } from "wouter";
import { Button } from "../../ui/Button";
import { t } from "../../words";
import { useHere } from "../shell/here";
import { sectionsFor, type Place } from "../shell/places";
import { InTopBar } from "../shell/Slot";
import { useKnown } from "./known";
import css from "./team.module.css";

const narrow = matchMedia("(width < 880px)");

function useNarrow(): boolean {
  return useSyncExternalStore(
    (changed) => {
      narrow.addEventListener("change", changed);
      return () => narrow.removeEventListener("change", changed);
    },
    () => narrow.matches,
  );
}

const forAdmins: Place[] = [
  { name: t.shell.everybody, path: "/people" },
  { name: t.shell.audit, path: "/audit" },
];

const general: Place[] = [
  { name: t.shell.queues, path: "/queues" },
  { name: t.shell.projects, path: "/projects" },
  { name: t.shell.checkpoints, path: "/checkpoints" },
  { name: t.shell.system, path: "/system" },
];

export function Rail({ slug }: { slug: string | undefined }) {
  const { session } = useHere();
  const nav = useRef<HTMLElement>(null);
  const isNarrow = useNarrow();
  const close = () => isNarrow && nav.current?.hidePopover();
  return (
    <>
      <InTopBar>
        <span className={css.menuButton}>
          <Button popoverTarget="rail">{t.shell.menu}</Button>
        </span>
      </InTopBar>
      <nav
        ref={nav}
        id="rail"
        className={css.rail}
        aria-label={t.shell.menu}
        popover={isNarrow ? "auto" : undefined}
        onClick={close}
      >
        <Places places={session.person.is_admin ? [...general, ...forAdmins] : general} />
        {slug && <ProjectPlaces slug={slug} />}
      </nav>
    </>
  );
}

function ProjectPlaces({ slug }: { slug: string }) {
  const known = useKnown(slug);
  if (!known) return null;
  return (
    <div className={css.group}>
      <p className={css.groupName}>{known.name}</p>
      <Places places={sectionsFor(slug, known.roles)} />
    </div>
  );
}

function Places({ places }: { places: readonly Place[] }) {
  const [path] = useLocation();
  // The longest place that the address begins with is the active one.
  const active = places
    .filter((place) => path === place.path || path.startsWith(`${place.path}/`))
    .sort((a, b) => b.path.length - a.path.length)[0];
  const isProjects = active?.path === "/projects" && path !== "/projects";
  return (
    <ul>
      {places.map((place) => (
        <li key={place.path}>
          <Link
            href={place.path}
            className={css.place}
            aria-current={place === active && !isProjects ? "page" : undefined}
          >
            {place.name}
          </Link>
        </li>
      ))}
    </ul>
  );
}
