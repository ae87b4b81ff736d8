/** M5: how good the labels are, who needs a look, and what each number stands on. */
import { useState } from "react";
import { Link } from "wouter";
import { post, request } from "../../api/http";
import { count, duration, percent, time } from "../../lib/format";
import { Badge } from "../../ui/Badge";
import { Button, ButtonLink } from "../../ui/Button";
import { Check } from "../../ui/Form";
import { BLANK, Page } from "../../ui/Page";
import { Empty, Failure, Loading, Note } from "../../ui/States";
import { Table } from "../../ui/Table";
import { t } from "../../words";
import { quality as words } from "../../words/en-quality";
import { tasks } from "../../words/en-tasks";
import { Facts, Progress, Section } from "../team/parts";
import { useRoles } from "../team/known";
import { NOW_AND_THEN, useGet, useRefresh } from "../team/queries";
import { Shown } from "../team/Shown";
import { useAttempt } from "../team/useAttempt";
import { Alerts } from "./Alerts";
import { Bars, type Line } from "./Bars";
import css from "./quality.module.css";
import type { Figure, Figures, PersonFigures, Quality as Told } from "./types";
import { useNames } from "./useNames";

const SHOWN_PAIRS = 100;

export default function Quality({ slug }: { slug: string }) {
  const query = useGet<Told>(`projects/${slug}/quality`, {
    live: (told) => told.working !== null,
    otherwise: NOW_AND_THEN,
  });
  const told = query.data;
  return (
    <Page
      title={words.title}
      lead={told ? leadOf(told) : BLANK}
      actions={told?.figures && <CountAgain slug={slug} working={told.working !== null} />}
    >
      <Shown query={query}>{(found) => <Body slug={slug} told={found} />}</Shown>
    </Page>
  );
}

function leadOf({ as_of, figures }: Told): string | undefined {
  return as_of && figures ? words.lead(time(as_of), figures.labels) : undefined;
}

function CountAgain({ slug, working }: { slug: string; working: boolean }) {
  const refresh = useRefresh();
  const { busy, error, attempt } = useAttempt();
  const again = async () => {
    await post(`projects/${slug}/quality`);
    await refresh(`projects/${slug}/quality`);
  };
  return (
    <>
      {error !== null && <Failure error={error} />}
      <Button busy={working || busy} onClick={() => void attempt(again)}>
        {working ? words.counting : words.countAgain}
      </Button>
    </>
  );
}

function Body({ slug, told }: { slug: string; told: Told }) {
  const figures = told.figures;
  const trouble = told.working?.waiting;
  if (!figures) {
    if (!told.working) {
      return (
        <Empty action={<ButtonLink href={`/projects/${slug}/tasks`}>{tasks.title}</ButtonLink>}>
          {words.empty}
        </Empty>
      );
    }
    return (
      <>
        <Note tone="info">{trouble ?? words.first}</Note>
        {!trouble && <Loading />}
      </>
    );
  }
  return (
    <>
      {trouble && <Note tone="info">{trouble}</Note>}
      <Alerts slug={slug} told={told} alerts={figures.alerts} />
      <AutoPause slug={slug} told={told} />
      <Work slug={slug} figures={figures} />
      <Section
        title={words.agreement.title}
        aside={
          figures.disputed.length > 0 && (
            <ButtonLink href={`/projects/${slug}/disagreements`}>
              {words.disagreement.open}
            </ButtonLink>
          )
        }
      >
        <p className={css.quiet}>{words.agreement.note}</p>
        <Bars lines={agreementLines(slug, figures)} />
      </Section>
      <Section title={words.bias.title}>
        <p className={css.quiet}>{words.bias.note}</p>
        <Bars lines={biasLines(slug, figures)} />
      </Section>
      {figures.criteria.length > 0 && <Criteria slug={slug} figures={figures} />}
      <People slug={slug} told={told} people={figures.people} />
      {figures.pairs.length > 0 && <Pairs slug={slug} told={told} figures={figures} />}
    </>
  );
}

function AutoPause({ slug, told }: { slug: string; told: Told }) {
  const manages = useRoles(slug).includes("manager");
  const refresh = useRefresh();
  const { error, attempt } = useAttempt();
  if (!manages) return null;
  const change = async (auto_pause: boolean) => {
    await request("PATCH", `projects/${slug}`, { body: { auto_pause } });
    await refresh(`projects/${slug}`);
  };
  return (
    <>
      <Check
        label={words.alerts.autoPause}
        checked={told.auto_pause}
        onChange={({ target: { checked } }) => void attempt(() => change(checked))}
      />
      {error !== null && <Failure error={error} />}
    </>
  );
}

function agreementLines(slug: string, { overall }: Figures): Line[] {
  const at = `/projects/${slug}`;
  const hrefs = {
    agreement: `${at}/disagreements`,
    alpha: `${at}/disagreements`,
    concordance: `${at}/disagreements`,
    gold: `${at}/review?state=accepted&pool=gold`,
    standing: `${at}/disagreements`,
    reviews: `${at}/review?state=returned`,
  };
  return (Object.keys(hrefs) as (keyof typeof hrefs)[]).map((name) => ({
    name: words.agreement.rows[name],
    figure: overall[name],
    unit: words.agreement.units[name],
    href: hrefs[name],
    plain: name === "alpha" || name === "concordance",
  }));
}

function biasLines(slug: string, { overall }: Figures): Line[] {
  return (["first_place", "length", "ties"] as const).map((name) => ({
    name: words.bias.rows[name],
    figure: name === "length" ? { ...overall.length, chance: 0.5 } : overall[name],
    unit: words.bias.units[name],
    href: `/projects/${slug}/review?state=accepted&kind=rank`,
  }));
}

function Work({ slug, figures }: { slug: string; figures: Figures }) {
  const { open = 0, leased = 0, done = 0 } = figures.progress;
  const skips = Object.entries(figures.skips).sort(([, a], [, b]) => b - a);
  const names: Record<string, string> = t.task.reasons;
  const { value, n, needs } = figures.seconds;
  return (
    <Section title={words.work.title}>
      <Progress label={words.work.done} done={done} total={open + leased + done} />
      <Facts
        facts={[
          [
            words.work.labels,
            <Link key="labels" href={`/projects/${slug}/review?state=accepted`}>
              {count(figures.labels)}
            </Link>,
          ],
          [words.work.active, count(figures.active)],
          [
            words.work.median,
            value === null
              ? words.needs(n, needs ?? 0, words.people.labels.toLowerCase())
              : `${duration(value)} (${words.people.few(n)})`,
          ],
          [
            words.work.skipReasons,
            skips.length === 0
              ? words.work.noSkips
              : skips.map(([reason, n]) => `${names[reason] ?? reason} ${count(n)}`).join(", "),
          ],
        ]}
      />
    </Section>
  );
}

function Criteria({ slug, figures }: { slug: string; figures: Figures }) {
  const nameOf = useNames(slug);
  return (
    <Section title={words.criteria.title}>
      <Bars
        lines={figures.criteria.flatMap(({ criterion, agreement, alpha }) => [
          {
            name: `${nameOf(criterion)}: ${words.criteria.agreement}`,
            figure: agreement,
            unit: words.agreement.units.alpha,
            href: `/projects/${slug}/disagreements`,
          },
          {
            name: `${nameOf(criterion)}: ${words.criteria.alpha}`,
            figure: alpha,
            unit: words.agreement.units.alpha,
            href: `/projects/${slug}/disagreements`,
            plain: true,
          },
        ])}
      />
    </Section>
  );
}

function Cell({ figure, said = percent }: { figure: Figure; said?: (value: number) => string }) {
  return (
    <span className={css.cell}>
      <span>{figure.value === null ? "–" : said(figure.value)}</span>
      <span className={css.quiet}>{words.people.few(figure.n)}</span>
    </span>
  );
}

const COLUMNS = [
  ["agreement", words.people.agreement],
  ["reliability", words.people.reliability],
  ["gold", words.people.gold],
  ["reviews", words.people.reviews],
  ["first_place", words.people.first],
  ["ties", words.people.ties],
  ["length", words.people.length],
] as const;

function People(props: { slug: string; told: Told; people: PersonFigures[] }) {
  const { slug, told, people } = props;
  const measured = COLUMNS.filter(([name]) => people.some((row) => row[name].n > 0));
  return (
    <Section title={words.people.title}>
      <p className={css.quiet}>{words.people.note}</p>
      <Table
        label={words.people.title}
        rows={[...people].sort((a, b) => b.labels - a.labels)}
        keyOf={(row) => row.labeler}
        columns={[
          {
            head: words.people.name,
            shape: "nowrap",
            cell: (row) => (
              <span className={css.row}>
                <Link href={`/projects/${slug}/review?state=accepted&labeler=${row.labeler}`}>
                  {told.people[row.labeler]?.name ?? row.labeler}
                </Link>
                {told.people[row.labeler]?.paused && <Badge tone="bad">{words.people.paused}</Badge>}
              </span>
            ),
          },
          { head: words.people.labels, shape: "number", cell: (row) => count(row.labels) },
          ...measured.map(([name, head]) => ({
            head,
            shape: "number" as const,
            cell: (row: PersonFigures) => <Cell figure={row[name]} />,
          })),
          {
            head: words.people.seconds,
            shape: "number",
            cell: (row) => <Cell figure={row.seconds} said={duration} />,
          },
        ]}
      />
    </Section>
  );
}

function Pairs({ slug, told, figures }: { slug: string; told: Told; figures: Figures }) {
  const [open, setOpen] = useState(false);
  const nameOf = (labeler: number) => told.people[labeler]?.name ?? String(labeler);
  const pairs = [...figures.pairs]
    .sort((a, b) => (b.value ?? -1) - (a.value ?? -1) || b.n - a.n)
    .slice(0, SHOWN_PAIRS);
  return (
    <Section
      title={words.pairs.title}
      aside={
        <Button aria-expanded={open} onClick={() => setOpen(!open)}>
          {words.pairs.show(figures.pairs.length)}
        </Button>
      }
    >
      {open && (
        <Table
          label={words.pairs.title}
          rows={pairs}
          keyOf={(row) => row.labelers.join("-")}
          columns={[
            {
              head: words.pairs.who,
              shape: "wide",
              cell: ({ labelers: [one, other] }) => (
                <Link href={`/projects/${slug}/disagreements?labeler=${one}&other=${other}`}>
                  {nameOf(one)}, {nameOf(other)}
                </Link>
              ),
            },
            {
              head: words.pairs.agreement,
              shape: "number",
              cell: (row) => (row.value === null ? "–" : percent(row.value)),
            },
            { head: words.pairs.tasks, shape: "number", cell: (row) => count(row.n) },
          ]}
        />
      )}
    </Section>
  );
}
