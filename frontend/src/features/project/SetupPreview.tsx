/** The task view of labelers, as the form in the making would show it: the same components, with a
 *  sample task and no server behind it. */
import { Suspense, useState } from "react";
import type { LabelerServer } from "../../api/labeler";
import type { Assignment, LabelForm, TaskKind } from "../../api/types";
import { DraftKeeper } from "../../lib/drafts";
import { Outbox } from "../../lib/outbox";
import { LabelQueue } from "../../lib/queue";
import { memoryStore } from "../../lib/store";
import { Segments } from "../../ui/Form";
import { Loading } from "../../ui/States";
import { Markdown } from "../../ui/text/Markdown";
import { team } from "../../words/en-team";
import { JudgeTask } from "../label/JudgeTask";
// Comes with the page: the preview would else wait for it.
import "../label/Parts";
import { Preview } from "../label/preview";
import { usualView, type View } from "../label/view";
import { WriteTask } from "../label/WriteTask";
import type { Asked } from "./SetupForm";
import own from "./setup.module.css";

const words = team.setup;
const [FEWEST, MOST] = [1, words.sampleResponses.length];

/** Answers nothing and keeps nothing. */
const nowhere: LabelerServer = {
  claim: () => Promise.resolve(null),
  inHand: () => Promise.resolve([]),
  saveDraft: (_id, _answer, version) => Promise.resolve(version + 1),
  submit: () => Promise.reject(new Error(words.preview)),
  skip: () => Promise.resolve(),
  renew: () => Promise.resolve(""),
  release: () => Promise.resolve(),
  reopen: () => Promise.reject(new Error(words.preview)),
  leaveAsSent: () => Promise.resolve(),
};

function sampleOf(kind: TaskKind, form: LabelForm, count: number): Assignment {
  const shown = kind === "demonstrate" ? 0 : kind === "compare" ? 2 : count;
  return {
    id: 0,
    epoch: 0,
    kind,
    state: "leased",
    lease_until: null,
    draft: null,
    draft_version: 0,
    project: { slug: "", name: "" },
    guidelines_version: 1,
    prompt: { messages: [{ role: "user", content: words.samplePrompt }] },
    responses: words.sampleResponses
      .slice(0, shown)
      .map((content, place) => ({ label: "ABCDEFGHI"[place]!, content })),
    returned_reason: null,
    previous_answer: null,
    form,
    form_version: 1,
    settings: { max_characters: 20_000 },
  } as Assignment;
}

export function SetupPreview({ asked, guidelines }: { asked: Asked; guidelines: string }) {
  const [shows, setShows] = useState("task");
  const options = [
    ["task", words.previewTask],
    ["guidelines", team.guidelines.title],
  ] as const;
  return (
    <section className={own.seen} aria-label={words.preview}>
      <Segments
        label={words.preview}
        name="preview"
        value={shows}
        options={options}
        onChange={setShows}
      />
      <div
        className={own.preview}
        role="region"
        aria-label={options.find(([each]) => each === shows)![1]}
        tabIndex={0}
        data-scrolls
      >
        {shows === "task" ? (
          <Task {...asked} count={Math.min(MOST, Math.max(FEWEST, asked.per_task))} />
        ) : (
          <div className={own.guidelines}>
            {guidelines.trim() ? <Markdown text={guidelines} /> : team.guidelines.empty}
          </div>
        )}
      </div>
    </section>
  );
}

function Task(props: { kind: TaskKind; form: LabelForm; count: number }) {
  const [view, setView] = useState<View>({ ...usualView, layout: "one" });
  const assignment = sampleOf(props.kind, props.form, props.count);
  const [queue] = useState(() => new LabelQueue("", nowhere, memoryStore(), new Outbox(nowhere, memoryStore())));
  const [draft] = useState(() => new DraftKeeper(assignment, nowhere, memoryStore()));
  const Kind = props.kind === "demonstrate" ? WriteTask : JudgeTask;
  return (
    <Preview value>
      <Suspense fallback={<Loading />}>
        <Kind
          key={`${props.kind}-${props.count}`}
          task={{ assignment, draft, lost: false }}
          queue={queue}
          view={view}
          onView={(part) => setView((before) => ({ ...before, ...part }))}
          onGuidelines={() => {}}
        />
      </Suspense>
    </Preview>
  );
}
