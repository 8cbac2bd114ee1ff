#include "transfers/transfers.h"

#include "transfers/failed_rows.h"

namespace rapport::transfers {

Transfers::Transfers(const Collaborators& with)
    : imports_({with.database, with.objects, with.queue, with.applications, with.audience.endpoints(),
                with.audience.segments()}),
      exports_({with.objects, with.queue, with.applications, with.audience.endpoints(), with.audience.segments(),
                with.audience.queries()},
               {.part = {.temporary_directory = with.temporary_directory}}) {
  with.applications.on_delete_later(
      [&objects = with.objects](const std::string& app) { return erase_failed_rows(objects, app); });
}

void Transfers::serve(jobs::Workers& workers) {
  imports_.serve(workers);
  exports_.serve(workers);
}

}  // namespace rapport::transfers
