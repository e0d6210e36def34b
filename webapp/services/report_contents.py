"""What a report says: one scenario and its bill, read together at one moment."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from webapp.domain.reports import Section
from webapp.infra.clock import now
from webapp.infra.tracing import traced
from webapp.pricing.document import EstimateDocument
from webapp.pricing.estimate import Estimate
from webapp.services.estimates import effective_document, estimate_document
from webapp.services.scenarios import ScenarioView, get_scenario


@dataclass(frozen=True, slots=True)
class ReportContents:
    """All a report is made of. `document` is what was priced: with recorded traffic folded in."""

    scenario: ScenarioView
    document: EstimateDocument
    estimate: Estimate
    sections: tuple[Section, ...]
    made_at: datetime

    def has(self, section: Section) -> bool:
        """Whether `section` was asked for."""
        return section in self.sections


@traced
def gather_contents(owner_id: UUID, scenario_id: UUID, sections: tuple[Section, ...]) -> ReportContents:
    """Read and price the scenario as its page does now. Raises NotFound, or Unavailable without a catalog."""
    scenario = get_scenario(owner_id, scenario_id)
    document = effective_document(scenario)
    return ReportContents(scenario, document, estimate_document(document), sections, now())
