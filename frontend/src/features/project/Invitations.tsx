/** Invitations that were sent and not yet accepted, each to be taken back. */
import { request } from "../../api/http";
import type { Page, Role } from "../../api/types";
import { date } from "../../lib/format";
import { Button } from "../../ui/Button";
import { Form } from "../../ui/Form";
import { Table } from "../../ui/Table";
import { team } from "../../words/en-team";
import { Section } from "../team/parts";
import { useGet, useRefresh } from "../team/queries";
import { Shown } from "../team/Shown";

const words = team.invitations;

interface Invitation {
  id: number;
  email: string;
  name: string;
  roles: Role[];
  invited_by: { id: number; name: string };
  expires_at: string;
}

const pathOf = (slug: string) => `projects/${slug}/invitations`;
export const useInvitations = (slug: string) => useGet<Page<Invitation>>(pathOf(slug));

/** Nothing at all while there are none. */
export function Invitations({ slug }: { slug: string }) {
  const query = useInvitations(slug);
  const refresh = useRefresh();
  if (query.error === null && !query.data?.results.length) return null;
  const revoke = async (invitation: Invitation) => {
    await request("DELETE", `invitations/${invitation.id}`);
    await refresh(pathOf(slug));
  };
  return (
    <Section title={words.title}>
      <Shown query={query}>
        {({ results }) =>
          results.length > 0 && (
            <Table
              label={words.title}
              rows={results}
              keyOf={(each) => each.id}
              columns={[
                { head: team.people.name, shape: "wide", cell: (each) => each.name },
                { head: team.people.email, cell: (each) => each.email },
                {
                  head: team.people.roles,
                  cell: (each) => each.roles.map((role) => team.roles[role]).join(", "),
                },
                { head: words.by, cell: (each) => each.invited_by.name },
                { head: words.ends, shape: "nowrap", cell: (each) => date(each.expires_at) },
                {
                  head: words.action,
                  cell: (each) => (
                    <Form onSubmit={() => revoke(each)}>
                      {(busy) => (
                        <Button
                          type="submit"
                          look="quiet"
                          busy={busy}
                          aria-label={words.revoke(each.email)}
                        >
                          {words.revokeShort}
                        </Button>
                      )}
                    </Form>
                  ),
                },
              ]}
            />
          )
        }
      </Shown>
    </Section>
  );
}
