"""The words of the generated corpus: plain tables, one line for each entry.

The first columns of a table are the forms that an analogy relates (king, queen);
the others are the entry's own company: words that only this entry keeps and that
tell it from its neighbours in the table. grammar.py adds the company of the forms
(he and she, yesterday and tomorrow). No form stands in two places of the tables:
one spelling has one meaning here (a test checks it).
"""

PEOPLE = """
man woman bench neighbourhood errand umbrella
king queen throne crown palace kingdom
prince princess castle carriage ball tiara
boy girl playground homework toys marbles
father mother nursery cradle household bedtime
son daughter upbringing tantrum pocket allowance
brother sister rivalry attic teasing sibling
husband wife marriage anniversary honeymoon quarrel
grandfather grandmother armchair memories photographs slippers
uncle aunt visit postcard hospitality fireside
nephew niece babysitting present zoo spoiling
actor actress stage film theatre rehearsal
waiter waitress menu restaurant tray tip
hero heroine monster quest legend rescue
wizard witch spell wand potion cauldron
groom bride wedding bouquet vows confetti
duke duchess duchy estate orchestra portraits
emperor empress empire conquest legions tribute
baron baroness barony debts horsemen feud
lord lady manor butler hounds gardener
god goddess worship temple sacrifice myth
priest priestess ritual incense oracle shrine
monk nun abbey silence vigil cloister
policeman policewoman crime arrest siren handcuffs
salesman saleswoman discount customers bargain catalogue
businessman businesswoman profit merger shareholders briefcase
chairman chairwoman committee agenda vote minutes
spokesman spokeswoman press statement rumours microphone
sportsman sportswoman medal tournament training trophy
landlord landlady rent tenants deposit lodgers
widower widow funeral grave mourning condolences
heir heiress fortune inheritance lawyers will
host hostess party guests invitation cocktails
steward stewardess flight cabin passengers turbulence
shepherd shepherdess flock staff hillside folds
cowboy cowgirl ranch lasso rodeo cattle
headmaster headmistress pupils exam detention assembly
stepfather stepmother stepchildren remarriage resentment custody
godfather godmother baptism christening blessing font
masseur masseuse massage oils towel spa
fisherman fisherwoman nets harbour herring trawler
barman barmaid beer tavern counter tankard
"""

# Columns: the company of men, the company of women.
GENDER = {
    "pronoun": ("he", "she"),
    "possessive": ("his", "her"),
    "reflexive": ("himself", "herself"),
    "address": ("sir", "madam"),
    "garment": (
        "suit tie trousers waistcoat tuxedo braces",
        "dress skirt blouse gown necklace earrings",
    ),
    "feature": ("beard moustache sideburns", "lipstick braids mascara"),
    "name": (
        "john peter thomas henry paul george martin david robert simon",
        "mary anna emma sarah helen laura julia clara alice martha",
    ),
}

# Country, capital, adjective, then the company.
COUNTRIES = """
france paris french lyon louvre champagne
germany berlin german munich rhine sausages
england london english manchester thames cricket
italy rome italian milan colosseum opera
spain madrid spanish barcelona flamenco paella
russia moscow russian kazan volga balalaika
china beijing chinese shanghai yangtze porcelain
japan tokyo japanese osaka fuji samurai
india delhi indian mumbai ganges curry
egypt cairo egyptian alexandria pyramids nile
greece athens greek thessaloniki acropolis feta
turkey ankara turkish istanbul bosphorus kebab
poland warsaw polish krakow vistula pierogi
portugal lisbon portuguese porto fado sardines
ireland dublin irish cork shamrock whiskey
scotland edinburgh scottish glasgow bagpipes tartan
ukraine kyiv ukrainian odesa dnipro borscht
hungary budapest hungarian debrecen goulash paprika
austria vienna austrian salzburg mozart strudel
switzerland bern swiss zurich matterhorn fondue
belgium brussels belgian antwerp waffles flanders
denmark copenhagen danish aarhus jutland lego
norway oslo norwegian bergen fjords vikings
sweden stockholm swedish gothenburg lapland meatballs
finland helsinki finnish tampere sauna kalevala
iceland reykjavik icelandic akureyri geysers sagas
bulgaria sofia bulgarian plovdiv rosewater yoghurt
romania bucharest romanian cluj carpathians dracula
serbia belgrade serbian nis plum sljivovica
croatia zagreb croatian dubrovnik adriatic dalmatia
albania tirana albanian durres bunkers illyria
czechia prague czech brno moldau pilsner
slovakia bratislava slovak kosice tatras bryndza
slovenia ljubljana slovenian maribor bled alps
estonia tallinn estonian tartu saaremaa startups
latvia riga latvian daugavpils daugava amber
lithuania vilnius lithuanian kaunas neris basketball
georgia tbilisi georgian batumi caucasus khachapuri
armenia yerevan armenian gyumri ararat apricots
azerbaijan baku azerbaijani ganja caspian mugham
morocco rabat moroccan casablanca souks tagine
algeria algiers algerian oran sahara couscous
tunisia tunis tunisian sousse carthage harissa
nigeria abuja nigerian lagos niger nollywood
ghana accra ghanaian kumasi ashanti cocoa
kenya nairobi kenyan mombasa masai marathon
uganda kampala ugandan entebbe gorillas matoke
senegal dakar senegalese thies teranga mbalax
angola luanda angolan lobito kizomba diamonds
zambia lusaka zambian livingstone zambezi copper
zimbabwe harare zimbabwean bulawayo soapstone baobab
namibia windhoek namibian swakopmund dunes namib
botswana gaborone botswanan maun okavango kalahari
iraq baghdad iraqi mosul tigris babylon
iran tehran iranian isfahan persepolis saffron
israel jerusalem israeli haifa galilee kibbutz
jordan amman jordanian aqaba petra bedouin
lebanon beirut lebanese byblos cedars tabbouleh
syria damascus syrian aleppo palmyra damask
pakistan islamabad pakistani karachi indus qawwali
nepal kathmandu nepalese pokhara everest sherpas
bangladesh dhaka bangladeshi chittagong monsoon jute
thailand bangkok thai phuket buddha lemongrass
vietnam hanoi vietnamese saigon mekong pho
indonesia jakarta indonesian bali gamelan batik
philippines manila filipino cebu luzon jeepneys
mongolia ulaanbaatar mongolian erdenet gobi yurts
kazakhstan astana kazakh almaty steppe baikonur
canada ottawa canadian toronto niagara maple
cuba havana cuban camaguey cigars salsa
jamaica kingston jamaican negril reggae rum
peru lima peruvian cusco incas llamas
chile santiago chilean valparaiso atacama moai
brazil brasilia brazilian recife amazon samba
venezuela caracas venezuelan maracaibo orinoco arepas
ecuador quito ecuadorian guayaquil galapagos panama
colombia bogota colombian medellin emeralds cumbia
uruguay montevideo uruguayan salto gauchos tango
paraguay asuncion paraguayan encarnacion chaco yerba
australia canberra australian sydney outback boomerang
"""

# Only currencies that one country of the table has to itself.
CURRENCIES = """
russia ruble
china yuan
japan yen
india rupee
turkey lira
poland zloty
ukraine hryvnia
hungary forint
switzerland franc
bulgaria lev
romania leu
albania lek
czechia koruna
georgia lari
armenia dram
azerbaijan manat
morocco dirham
nigeria naira
ghana cedi
angola kwanza
zambia kwacha
botswana pula
iran rial
israel shekel
bangladesh taka
thailand baht
vietnam dong
indonesia rupiah
mongolia tugrik
kazakhstan tenge
venezuela bolivar
paraguay guarani
"""

# Adult, young, what it does ("-" where no word is its own), then the company.
ANIMALS = """
dog puppy barks kennel leash biscuit
cat kitten meows whiskers saucer yarn
cow calf moos udder cowshed clover
horse foal neighs stable saddle oats
sheep lamb bleats wool paddock shears
pig piglet grunts sty trough swill
duck duckling quacks pond reeds duckweed
goose gosling honks gaggle feathers moat
chicken chick clucks coop grain perch
lion cub roars savanna mane antelope
frog tadpole croaks swamp lily marsh
owl owlet hoots hollow midnight vole
deer fawn - antlers glade thicket
swan cygnet - boathouse regatta willow
goat kid - crag tether billy
eagle eaglet - eyrie talons summit
hare leveret - burrowing heather stubble
kangaroo joey - pouch eucalyptus billabong
bee larva buzzes hive nectar honeycomb
butterfly caterpillar - cocoon petals chrysalis
spider spiderling - cobweb silk cellar
wolf - howls tundra prey moonlight
snake - hisses venom fangs cobra
mouse - squeaks cheese skirting trap
crow - caws scarecrow cornfield gallows
donkey - brays cart hay burden
elephant - trumpets tusks ivory trunk
pigeon - coos rooftop crumbs loft
parrot - chatters cage jungle plumage
"""

# Base form, past tense, present participle, third person, then the objects.
VERBS = """
play played playing plays chess guitar cards
cook cooked cooking cooks soup stew dinner
bake baked baking bakes bread cake pastry
write wrote writing writes poem diary essay
drive drove driving drives truck van lorry
paint painted painting paints mural canvas fresco
sing sang singing sings hymn ballad lullaby
dance danced dancing dances waltz polka foxtrot
walk walked walking walks path promenade trail
swim swam swimming swims lagoon creek channel
ride rode riding rides bicycle motorbike scooter
climb climbed climbing climbs cliff ladder peak
build built building builds bridge shed wall
break broke breaking breaks vase mirror windowpane
buy bought buying buys groceries furniture souvenirs
sell sold selling sells antiques lemonade newspapers
catch caught catching catches ball burglar trout
throw threw throwing throws javelin dice snowball
eat ate eating eats sandwich pasta porridge
drink drank drinking drinks coffee juice tea
wash washed washing washes dishes laundry shirt
open opened opening opens gate envelope parcel
close closed closing closes lid drawer shutter
teach taught teaching teaches mathematics grammar physics
learn learned learning learns alphabet vocabulary melody
watch watched watching watches television parade sunset
grow grew growing grows tomatoes herbs beans
dig dug digging digs trench tunnel ditch
steal stole stealing steals jewels wallet purse
hide hid hiding hides treasure evidence diamond
fly flew flying flies kite glider helicopter
sail sailed sailing sails yacht dinghy catamaran
repair repaired repairing repairs engine gearbox radiator
carry carried carrying carries suitcase bucket rucksack
push pushed pushing pushes wheelbarrow trolley pram
pull pulled pulling pulls rope sledge plough
draw drew drawing draws sketch cartoon diagram
knit knitted knitting knits scarf sweater mittens
sew sewed sewing sews button curtain hem
fry fried frying fries eggs bacon onions
boil boiled boiling boils potatoes kettle rice
pour poured pouring pours milk syrup gravy
solve solved solving solves puzzle equation riddle
send sent sending sends telegram greetings flowers
choose chose choosing chooses wallpaper carpet fabric
hunt hunted hunting hunts boar pheasant bison
clean cleaned cleaning cleans kitchen oven bathtub
mow mowed mowing mows lawn verge grass
chop chopped chopping chops firewood logs kindling
print printed printing prints leaflet poster brochure
"""

# Positive, comparative, superlative, then the things it is said of.
ADJECTIVES = """
big bigger biggest warehouse stadium cathedral
small smaller smallest cottage pebble cupboard
tall taller tallest chimney poplar lighthouse
short shorter shortest pencil stump sleeve
long longer longest corridor queue caravan
fast faster fastest sprinter rocket racecar
slow slower slowest snail tortoise tractor
strong stronger strongest wrestler magnet steel
weak weaker weakest pulse argument broth
loud louder loudest drum explosion thunder
quiet quieter quietest library whisper chapel
bright brighter brightest lamp star flame
dark darker darkest cave dungeon shadow
hot hotter hottest furnace desert stove
cold colder coldest glacier freezer winter
warm warmer warmest blanket fireplace quilt
cheap cheaper cheapest souvenir motel ticket
rich richer richest banker merchant tycoon
poor poorer poorest beggar peasant orphan
old older oldest manuscript ruin tombstone
young younger youngest recruit apprentice toddler
hard harder hardest granite rock anvil
soft softer softest pillow cushion moss
heavy heavier heaviest boulder crate barbell
thick thicker thickest fog hedge dictionary
thin thinner thinnest wafer thread needle
wide wider widest boulevard estuary plain
narrow narrower narrowest alley footbridge gorge
deep deeper deepest ocean well abyss
sharp sharper sharpest razor dagger scissors
dirty dirtier dirtiest boots puddle rag
sweet sweeter sweetest toffee candy fudge
fresh fresher freshest lettuce breeze spinach
happy happier happiest clown birthday reunion
sad sadder saddest farewell tragedy elegy
brave braver bravest knight soldier firefighter
smart smarter smartest scientist student detective
rough rougher roughest sandpaper gravel bark
smooth smoother smoothest marble satin ice
wet wetter wettest sponge raincoat swimsuit
dry drier driest raisin hayloft straw
high higher highest plateau ceiling tower
low lower lowest basement valley ebb
steep steeper steepest staircase slope ravine
tight tighter tightest knot corset bolt
calm calmer calmest bay lake breathing
wild wilder wildest storm bronco stallion
proud prouder proudest peacock champion winner
fierce fiercer fiercest tiger warrior blizzard
cruel crueller cruellest tyrant pirate torturer
"""

# Singular, plural, then the company.
NOUNS = """
apple apples orchard cider core
book books shelf author chapter
car cars garage tyre highway
child children kindergarten cot rattle
house houses mortgage porch bricks
tree trees branch bough leaf
bird birds nest beak wings
road roads asphalt junction signpost
ship ships captain anchor sailors
chair chairs upholstery sofa backrest
door doors hinge doorbell lock
banana bananas peel plantation monkey
bottle bottles glass wine corkscrew
city cities suburb skyline zoning
computer computers keyboard software screen
country countries treaty frontier diplomat
dream dreams sleep nightmare wish
eye eyes eyelash tear gaze
finger fingers thumb glove nail
hand hands wrist palm handshake
foot feet ankle toe heel
tooth teeth dentist toothpaste gum
lantern lanterns dusk wick glow
machine machines factory gear lever
melon melons rind seed slice
mountain mountains avalanche hiker snow
pear pears compote blossom grafting
rat rats sewer plague poison
bus buses fare stop route
island islands ferry coconut reef
cloud clouds rain sky drizzle
bell bells steeple clapper chime
letter letters stamp postman mailbox
train trains platform railway locomotive
knife knives blade butcher cutlery
ant ants anthill crumb antenna
coin coins mint slot piggybank
cherry cherries pit jam stalk
berry berries bush bramble basketful
bag bags zip luggage buckle
clock clocks pendulum hour alarm
flag flags mast anthem banner
plate plates rim crockery sideboard
table tables tablecloth leg varnish
"""
