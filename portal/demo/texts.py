"""What Region Dalarna wrote in its report for 2024, chapters 5 and 6, as it stands there."""

YEAR = 2024

DISCUSSION = """
Årsuppföljningen syftar till att ge en djupare kunskap och förståelse för de barn- och ungdomspsykiatriska
verksamheterna ur ett beställarperspektiv. Samtidigt ska den bidra till planeringen och den fortsatta
utvecklingen av Vårdval BUP. Målet är att avtalet skapar de förutsättningar som mottagningarna behöver för att
kunna erbjuda barn och unga en god, jämlik och ändamålsenlig vård.

Årsuppföljningen visar en både positiv och utmanande utveckling inom Vårdval BUP. Antalet mottagningar har
ökat, vilket förbättrar tillgängligheten, men det finns fortfarande utmaningar när det gäller väntetider.

Väntetiderna för nybesök har förbättrats, men när de gäller start av utredningar och behandlingar, där har
andelen barn och unga som får insatser inom 30 dagar har sjunkit. För att säkerställa att fler barn och unga får
behandling och utredning i rätt tid behöver barn- och ungdomspsykiatrin fortsätta utveckla sina verksamheter
genom effektivare arbetsflöden.

En annan viktig insats är att stärka första linjens vård för barn och unga. En förstärkning av denna vårdnivå
är avgörande för att minska väntetiderna till barn- och ungdomspsykiatrin samt för att tidigt kunna identifiera
psykisk ohälsa. Genom detta möjliggörs tidiga insatser för att förebygga försämring. Det är också nödvändigt
att vidareutveckla samarbetet mellan barn- och ungdomspsykiatrin, första linjen och skolans elevhälsa.

Arbetet med "En väg in" fortskrider och kommer att påbörjas under 2025. Syftet är att säkerställa att barn och
unga får vård utifrån sina individuella behov och på rätt vårdnivå.
"""

DEVELOPMENT = """
- Tidiga insatser och prevention: Utveckla insatser som förhindrar att psykisk ohälsa förvärras och därmed
minskar behovet av specialistvård.
- Stärkt samverkan mellan vårdnivåer: Förbättra samarbetet mellan barn- och ungdomspsykiatrin, första linjens
vård och skolans elevhälsa.
- Införandet av "En väg in": Implementera en tydlig och samordnad ingång till vården för att säkerställa att
barn och unga får vård utifrån sina individuella behov och på rätt vårdnivå.
- Förbättrad övergång till vuxenpsykiatrin: Särskilt för unga vuxna som kan uppleva brister i kontinuiteten
mellan BUP och vuxenpsykiatrin.
- Hög kvalitet och minskade köer: Sträva efter en köfri barn- och ungdomspsykiatri genom att optimera resurser
och arbetsprocesser.
"""

WRITTEN = {"5": DISCUSSION, "6": DEVELOPMENT}
