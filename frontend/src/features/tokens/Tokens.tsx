/** API tokens: made here, shown once, listed, revoked. */
import { useState } from "react";
import { post, request } from "../../api/http";
import { date, time } from "../../lib/format";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { Dialog, DialogActions } from "../../ui/Dialog";
import { Form } from "../../ui/Form";
import { Page } from "../../ui/Page";
import { Empty, Note } from "../../ui/States";
import { Table } from "../../ui/Table";
import { t } from "../../words";
import { tokens as words } from "../../words/en-tokens";
import { mayHoldTokens, useHere } from "../shell/here";
import { Section } from "../team/parts";
import { usePages, useRefresh } from "../team/queries";
import { More, Shown } from "../team/Shown";
import css from "../team/team.module.css";
import { NewToken } from "./NewToken";
import { stateOf, type Made, type Token } from "./token";

export default function Tokens() {
  const query = usePages<Token>("tokens");
  const [made, setMade] = useState<Made | null>(null);
  const [leaving, setLeaving] = useState<Token | null>(null);
  const refresh = useRefresh();
  const may = mayHoldTokens(useHere().session);
  const make = async (asked: object) => {
    setMade(null);
    setMade(await post<Made>("tokens", asked));
    void refresh("tokens");
  };
  return (
    <Page title={words.title}>
      <p className={css.faint}>{words.intro}</p>
      {may && <NewToken onMake={make} />}
      {made && <Secret made={made} />}
      <Section title={words.list}>
        <Shown query={{ ...query, data: query.rows }}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty>{words.empty}</Empty>
            ) : (
              <>
                <Listed rows={rows} onRevoke={setLeaving} />
                <More query={query} />
              </>
            )
          }
        </Shown>
      </Section>
      {leaving && <Revoke token={leaving} onClose={() => setLeaving(null)} />}
    </Page>
  );
}

/** The one time that the secret is seen. */
function Secret({ made }: { made: Made }) {
  const lines = `export HF_ENDPOINT=${location.origin}/hub\nexport HF_TOKEN=${made.secret}\n`;
  return (
    <Note
      tone="good"
      action={
        <span className={css.row}>
          <CopyButton look="usual" text={made.secret} />
          <CopyButton text={lines} label={words.copyLines} />
        </span>
      }
    >
      <span role="status">{words.made(made.name)}</span> <span className={css.mono}>{made.secret}</span>
    </Note>
  );
}

function Listed(props: { rows: Token[]; onRevoke: (token: Token) => void }) {
  const { session } = useHere();
  const whose = {
    head: words.whose,
    cell: (token: Token) => token.person.name,
  };
  return (
    <Table
      label={words.list}
      rows={props.rows}
      keyOf={(token) => token.id}
      columns={[
        { head: words.name, shape: "wide", cell: (token) => token.name },
        ...(session.person.is_admin ? [whose] : []),
        {
          head: words.token,
          shape: "nowrap",
          cell: (token) => <span className={css.mono}>{token.prefix}…</span>,
        },
        { head: words.may, cell: (token) => token.scopes.join(", ") },
        { head: words.where, cell: (token) => token.projects?.join(", ") ?? words.everywhere },
        { head: words.ends, shape: "nowrap", cell: (token) => date(token.expires_at) },
        {
          head: words.used,
          shape: "nowrap",
          cell: (token) => (token.last_used_at ? time(token.last_used_at) : words.never),
        },
        {
          head: words.state,
          cell: (token) => {
            const state = stateOf(token, new Date());
            return <Badge tone={state === "works" ? "good" : undefined}>{words.states[state]}</Badge>;
          },
        },
        {
          head: words.revoke,
          cell: (token) =>
            stateOf(token, new Date()) === "works" && (
              <Button
                look="quiet"
                aria-label={words.revokeOf(token.name)}
                onClick={() => props.onRevoke(token)}
              >
                {words.revoke}
              </Button>
            ),
        },
      ]}
    />
  );
}

function Revoke({ token, onClose }: { token: Token; onClose: () => void }) {
  const refresh = useRefresh();
  const revoke = async () => {
    await request("DELETE", `tokens/${token.id}`);
    await refresh("tokens");
    onClose();
  };
  return (
    <Dialog title={words.revoke} onClose={onClose}>
      <p>{words.sure(token.name)}</p>
      <Form className={css.form} onSubmit={revoke}>
        {(busy) => (
          <DialogActions>
            <Button onClick={onClose}>{t.common.cancel}</Button>
            <Button type="submit" look="danger" busy={busy}>
              {words.revoke}
            </Button>
          </DialogActions>
        )}
      </Form>
    </Dialog>
  );
}
