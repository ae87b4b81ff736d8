/** How the queue serves tasks: reviews, leases, gold, calibration, the test. */
import { request } from "../../api/http";
import type { Project } from "../../api/types";
import { Button } from "../../ui/Button";
import { Check, Form, Select, TextField } from "../../ui/Form";
import { announce } from "../../ui/Live";
import { team } from "../../words/en-team";
import { Card, numberOf, textValue } from "../team/parts";
import { useRefresh } from "../team/queries";
import css from "../team/team.module.css";

const words = team.setup;

export function SetupPolicy({ project }: { project: Project }) {
  const refresh = useRefresh();
  const save = async (values: FormData) => {
    const tested = numberOf(values, "test_tasks") ?? 0;
    const right = numberOf(values, "test_right") ?? 0;
    await request("PATCH", `projects/${project.slug}`, {
      body: {
        review: textValue(values, "review"),
        lease_minutes: numberOf(values, "lease_minutes"),
        gold_share: (numberOf(values, "gold_share") ?? 0) / 100,
        gold_shown: values.has("gold_shown"),
        calibration_share: (numberOf(values, "calibration_share") ?? 0) / 100,
        most_labelers: numberOf(values, "most_labelers") ?? 0,
        qualification: tested > 0 ? { tasks: tested, pass_share: right / 100 } : null,
      },
    });
    await refresh(`projects/${project.slug}`);
    announce(team.overview.saved);
  };
  return (
    <Card title={words.queue}>
      <Form className={css.form} onSubmit={save}>
        {(busy) => (
          <>
            <div className={css.fields}>
              <Select
                label={team.projects.review}
                name="review"
                defaultValue={project.review}
                options={[
                  ["none", team.projects.reviewNone],
                  ["all", team.projects.reviewAll],
                ]}
              />
              <TextField
                label={team.overview.lease}
                hint={team.overview.leaseHint}
                name="lease_minutes"
                type="number"
                min={1}
                max={1440}
                required
                defaultValue={project.lease_minutes}
              />
              <TextField
                label={words.gold}
                hint={words.goldHint}
                name="gold_share"
                type="number"
                min={0}
                max={50}
                defaultValue={Math.round(project.gold_share * 100)}
              />
              <TextField
                label={words.calibration}
                hint={words.calibrationHint}
                name="calibration_share"
                type="number"
                min={0}
                max={50}
                defaultValue={Math.round(project.calibration_share * 100)}
              />
              <TextField
                label={words.most}
                hint={words.mostHint}
                name="most_labelers"
                type="number"
                min={0}
                max={100}
                defaultValue={project.most_labelers}
              />
              <TextField
                label={words.test}
                hint={words.testHint}
                name="test_tasks"
                type="number"
                min={0}
                max={100}
                defaultValue={project.qualification?.tasks ?? 0}
              />
              <TextField
                label={words.right}
                hint={words.rightHint}
                name="test_right"
                type="number"
                min={0}
                max={100}
                defaultValue={Math.round((project.qualification?.pass_share ?? 0.75) * 100)}
              />
            </div>
            <Check label={words.goldShown} name="gold_shown" defaultChecked={project.gold_shown} />
            <div>
              <Button type="submit" busy={busy}>
                {team.overview.save}
              </Button>
            </div>
          </>
        )}
      </Form>
    </Card>
  );
}
