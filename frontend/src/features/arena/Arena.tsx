/** E6: two blind checkpoints answer side by side; a vote tells their names. */
import { useState } from "react";
import { post } from "../../api/http";
import type { ArenaState, Battle } from "../../api/types";
import { keyHint, useKeys } from "../../lib/keys";
import { Button, ButtonLink } from "../../ui/Button";
import { Form, TextArea } from "../../ui/Form";
import { Page } from "../../ui/Page";
import { Empty } from "../../ui/States";
import { arena as words } from "../../words/en-arena";
import { textValue } from "../team/parts";
import { useGet, useRefresh } from "../team/queries";
import { Shown } from "../team/Shown";
import css from "./arena.module.css";
import { Duel } from "./Duel";

export default function Arena({ slug }: { slug: string }) {
  const query = useGet<ArenaState>(`projects/${slug}/arena`);
  return (
    <Page title={words.title} lead={words.lead}>
      <Shown query={query}>
        {({ checkpoints, last }) =>
          checkpoints < 2 ? (
            <Empty action={<ButtonLink href="/checkpoints">{words.checkpoints}</ButtonLink>}>
              {words.tooFew}
            </Empty>
          ) : (
            <Room slug={slug} last={last} />
          )
        }
      </Shown>
    </Page>
  );
}

/** A battle that still waits for its vote is gone on with after a reload. */
function Room({ slug, last }: { slug: string; last: Battle | null }) {
  const refresh = useRefresh();
  const [battle, setBattle] = useState(last !== null && isOpen(last) ? last : null);
  // The focus is the page's heading's until the person has begun something.
  const [begun, setBegun] = useState(false);
  const goesOn = battle !== null && battle.vote !== null && battle.vote !== "both_bad";
  const change = (next: Battle | null) => {
    setBegun(true);
    setBattle(next);
    void refresh(`projects/${slug}/arena`);
  };
  const send = async (message: string) => {
    const after = goesOn ? battle.id : null;
    change(await post<Battle>(`projects/${slug}/arena`, { message, after }));
  };
  return (
    <>
      {battle && <Duel key={battle.id} slug={slug} begun={battle} focused={begun} onChange={change} />}
      {(battle === null || !isOpen(battle)) && (
        <Composer
          key={battle?.id ?? 0}
          label={goesOn ? words.goOn : words.message}
          again={battle?.state === "failed" ? battle.messages.at(-1)!.content : ""}
          focused={begun}
          onSend={send}
          onFresh={battle ? () => change(null) : undefined}
        />
      )}
    </>
  );
}

function isOpen(battle: Battle): boolean {
  return battle.vote === null && ["queued", "running", "done"].includes(battle.state);
}

function Composer(props: {
  label: string;
  /** What to send once more, after a failure. */
  again: string;
  focused: boolean;
  onSend: (message: string) => Promise<void>;
  onFresh: (() => void) | undefined;
}) {
  useKeys({
    submit: () => document.querySelector<HTMLFormElement>("[data-composer] form")?.requestSubmit(),
  });
  return (
    <div data-composer="">
      <Form className={css.composer} onSubmit={(values) => props.onSend(textValue(values, "message"))}>
        {(busy) => (
          <>
            <TextArea
              label={props.label}
              hint={words.hint(keyHint("submit"))}
              name="message"
              rows={3}
              required
              autoFocus={props.focused}
              defaultValue={props.again}
            />
            <div className={css.buttons}>
              <Button type="submit" look="primary" busy={busy}>
                {words.send}
              </Button>
              {props.onFresh && <Button onClick={props.onFresh}>{words.fresh}</Button>}
            </div>
          </>
        )}
      </Form>
    </div>
  );
}
